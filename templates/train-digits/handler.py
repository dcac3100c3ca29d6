from digit_reader import DigitReader

reader = DigitReader()


def handle(conf):
    """Read the handwritten digit in a picture."""
    picture = conf['image']  # value_type: img # description: a picture of one digit (一张数字图片)
    shares = reader.probabilities(picture)
    probabilities = {str(digit): round(float(share), 4) for digit, share in enumerate(shares)}
    return {
        'digit': int(shares.argmax()),   # value_type: int # description: the digit (数字)
        'probabilities': probabilities,  # value_type: dataframe # description: of each digit (概率)
    }
