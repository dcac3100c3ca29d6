"""Trains a small network to read handwritten digits, and saves it in results/model.npz.

Each line of the form {"metric": ..., "value": ..., "epoch": ...} becomes a point of the job's chart.
训练一个识别手写数字的小网络，保存到 results/model.npz；每打印一行 {"metric": ...}，任务的图表上就多一个点。
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.neural_network import MLPClassifier

DATA = Path('datasets/openmo-digits/digits.npz')
MODEL = Path('results/model.npz')


def load_digits(path=DATA):
    """Pixels from 0 to 1 and classes: those to train with, and every fifth one to test with."""
    with np.load(path) as digits:
        x, y, test = digits['x'].reshape(-1, 64) / 255, digits['y'], digits['index'] % 5 == 0
    return x[~test], y[~test], x[test], y[test]


def shifted(x, generator):
    """The pictures, each moved left or right by up to one pixel: few digits in the world stand exactly in the middle."""
    pictures = np.pad(x.reshape(-1, 8, 8), ((0, 0), (0, 0), (1, 1)))
    offsets = generator.integers(0, 3, len(x))
    columns = offsets[:, None] + np.arange(8)
    return np.take_along_axis(pictures, columns[:, None, :], axis=2).reshape(-1, 64)


def report(metric, value, epoch):
    print(json.dumps({'metric': metric, 'value': round(float(value), 5), 'epoch': epoch}), flush=True)


def fit(epochs=30):
    """The trained network, and its history: loss and test accuracy of each epoch."""
    x_train, y_train, x_test, y_test = load_digits()
    network = MLPClassifier(hidden_layer_sizes=(128,), batch_size=32, learning_rate_init=0.003, random_state=0)
    generator = np.random.default_rng(0)
    history = {'loss': [], 'accuracy': []}
    for epoch in range(1, epochs + 1):
        network.partial_fit(shifted(x_train, generator), y_train, classes=np.arange(10))
        history['loss'].append(network.loss_)
        history['accuracy'].append(network.score(x_test, y_test))
        report('loss', history['loss'][-1], epoch)
        report('accuracy', history['accuracy'][-1], epoch)
    return network, history


def save(network, path=MODEL):
    """Plain arrays: whoever opens the file runs no code, and needs no more than numpy."""
    path.parent.mkdir(exist_ok=True)
    (hidden, output), (hidden_bias, output_bias) = network.coefs_, network.intercepts_
    np.savez(path, hidden=hidden, hidden_bias=hidden_bias, output=output, output_bias=output_bias)


def arguments():
    """What stands behind the script's name when it is started: `--epochs 10`."""
    parser = argparse.ArgumentParser(description='Trains a small network to read handwritten digits.')
    parser.add_argument('--epochs', type=int, default=30, help='rounds of training (30)')
    return parser.parse_args()


if __name__ == '__main__':
    network, history = fit(epochs=arguments().epochs)
    save(network)
    print(f'Test accuracy: {history["accuracy"][-1]:.4f}. Saved {MODEL}.')
