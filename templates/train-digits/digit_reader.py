"""Reads the digit in a picture with the network that train.py saved. 用 train.py 保存的网络识别图片中的数字。"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

MODEL = Path(__file__).parent / 'results' / 'model.npz'
SIDE = 8  # the network knows pictures of 8x8 pixels


class DigitReader:
    def __init__(self, path=MODEL):
        if not Path(path).exists():
            raise FileNotFoundError(f'{path} is missing: run train.py first, as a job or in the notebook. 请先运行 train.py。')
        with np.load(path) as model:
            self.hidden, self.hidden_bias = model['hidden'], model['hidden_bias']
            self.output, self.output_bias = model['output'], model['output_bias']

    def probabilities(self, picture):
        """How sure the network is of each digit, 0 to 9. `picture`: a path, an open file or a PIL image."""
        pixels = to_8x8(picture).reshape(-1)
        signals = np.maximum(pixels @ self.hidden + self.hidden_bias, 0) @ self.output + self.output_bias
        weights = np.exp(signals - signals.max())
        return weights / weights.sum()


def to_8x8(picture):
    """The digit in 8x8 pixels from 0 (paper) to 1 (ink), whatever the picture's size, colours and margins are."""
    image = picture if isinstance(picture, Image.Image) else Image.open(picture)
    small = image.size == (SIDE, SIDE)
    ink = _ink(ImageOps.exif_transpose(image))
    if small:
        return ink  # as in the dataset: already cut out and centred
    rows, columns = np.where(ink > 0.1)
    digit = Image.fromarray(ink[rows.min():rows.max() + 1, columns.min():columns.max() + 1].astype(np.float32))
    scale = SIDE / max(digit.size)
    width, height = (max(1, round(length * scale)) for length in digit.size)
    pixels = np.zeros((SIDE, SIDE))
    top, left = (SIDE - height) // 2, (SIDE - width + 1) // 2
    pixels[top:top + height, left:left + width] = np.asarray(digit.resize((width, height), Image.Resampling.BOX))
    return pixels / pixels.max()


def _ink(image):
    """How far each pixel is from the paper, 0 to 1. The paper is what most of the picture's edge shows."""
    grey = _grey(image)
    edge = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    distance = np.abs(grey - np.median(edge))
    if distance.max() < 8:  # of 255
        raise ValueError('The picture is empty: it has one colour only. 图片是空白的，只有一种颜色。')
    return distance / distance.max()


def _grey(image):
    if image.mode.startswith(('I', 'F')):  # more than 8 bits
        grey = np.asarray(image, dtype=float)
        return 255 * (grey - grey.min()) / max(np.ptp(grey), 1e-9)
    if image.has_transparency_data:
        flat = image.convert('RGBA')
        grey = [np.asarray(Image.alpha_composite(Image.new('RGBA', flat.size, paper), flat).convert('L'), dtype=float)
                for paper in ('white', 'black')]
        return max(grey, key=np.ptp)  # white ink on transparent paper shows on black only
    image.thumbnail((512, 512))
    return np.asarray(image.convert('L'), dtype=float)
