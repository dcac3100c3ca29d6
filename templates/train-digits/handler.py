from digit_reader import DigitReader

reader = DigitReader()


def handle(conf):
    """Read the handwritten digit in a picture."""
    picture = conf['image']  # value_type: img # description: a picture of one digit (一张数字图片)
    probabilities = reader.probabilities(picture)
    return {
        'digit': int(probabilities.argmax()),  # value_type: int # description: the digit (数字)
        'probabilities': {str(digit): round(float(p), 4) for digit, p in enumerate(probabilities)},  # value_type: dataframe # description: of each digit (概率)
    }
