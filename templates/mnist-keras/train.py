"""Trains a small convolutional network on images of the MNIST form, and saves it in results/.

Keras's own progress text makes the job's chart: no line here prints a metric.
用 MNIST 格式的图片训练一个小卷积网络，保存到 results/；任务的图表直接来自 Keras 打印的进度。
"""

import argparse
import os
from pathlib import Path

import packages

packages.ensure()

import keras  # noqa: E402 (it may just have been installed)
import numpy as np  # noqa: E402
from openmo_sdk import on_terminate  # noqa: E402

CLASSES = 10
RESULTS = Path('results')
CHECKPOINT = RESULTS / 'checkpoint.keras'
NO_DATA = (
    'There is no datasets/*/mnist.npz: import openmo/fashion-mnist (or your own dataset with the original mnist.npz) '
    'into this project, or name a file with --data. 请先把含有 mnist.npz 的数据集导入本项目，或用 --data 指定文件。'
)


def find_data():
    """The first mnist.npz among the imported datasets."""
    found = sorted(Path('datasets').glob('*/mnist.npz'))
    if not found:
        raise FileNotFoundError(NO_DATA)
    return found[0]


def load(path, subset=None):
    """Training and test images (0 to 1, with one channel) and their classes; of `subset` training images, if given."""
    with np.load(path) as data:
        parts = [data[name] for name in ('x_train', 'y_train', 'x_test', 'y_test')]
    if subset:
        parts = [part[: subset if number < 2 else max(1, subset // 6)] for number, part in enumerate(parts)]
    x_train, y_train, x_test, y_test = parts
    x_train, x_test = (x[..., np.newaxis].astype('float32') / 255 for x in (x_train, x_test))
    return (x_train, y_train), (x_test, y_test)


def build():
    """The network: two convolutions, pooling, and two dense layers, with dropout."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation='relu'),
            layers.Conv2D(32, (3, 3), activation='relu'),
            layers.MaxPooling2D((2, 2)),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation='relu'),
            layers.Dropout(0.5),
            layers.Dense(CLASSES, activation='softmax'),
        ]
    )
    # The learning rate of Adadelta's paper; Keras's default, 0.001, would need a thousand times as long.
    adadelta = keras.optimizers.Adadelta(learning_rate=1.0)
    model.compile(optimizer=adadelta, loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


class Checkpoint(keras.callbacks.Callback):
    """The network as it is after each epoch, and when the job is asked to stop."""

    def on_epoch_end(self, epoch, logs=None):
        self.save()

    def save(self):
        unfinished = CHECKPOINT.with_name('unfinished.keras')
        self.model.save(unfinished)
        os.replace(unfinished, CHECKPOINT)

    def save_before_the_end(self):
        try:
            self.save()
        except RuntimeError:  # caught in the middle of a step, when the backend holds the weights
            print('The checkpoint is that of the last epoch (保留上一轮的检查点).', flush=True)
        else:
            print(f'Saved {CHECKPOINT} before the end; --resume goes on from it (可用 --resume 继续).', flush=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--epochs', type=int, default=12)
    parser.add_argument('--batch-size', type=int, default=128)
    parser.add_argument('--data', type=Path, help='an .npz file (default: mnist.npz of an imported dataset)')
    parser.add_argument('--subset', type=int, help='train with that many images only, for a quick try')
    parser.add_argument('--resume', action='store_true', help='go on from results/checkpoint.keras')
    options = parser.parse_args(arguments)

    path = options.data or find_data()
    train, test = load(path, options.subset)
    print(f'{len(train[0])} images to train with, {len(test[0])} to test with, from {path}')
    RESULTS.mkdir(exist_ok=True)
    model = keras.models.load_model(CHECKPOINT) if options.resume and CHECKPOINT.exists() else build()
    checkpoint = Checkpoint()
    checkpoint.set_model(model)
    on_terminate(checkpoint.save_before_the_end)
    model.fit(
        *train, batch_size=options.batch_size, epochs=options.epochs, validation_data=test, callbacks=[checkpoint]
    )
    loss, accuracy = model.evaluate(*test, verbose=0)
    for name in ('my_model.h5', 'my_model.keras'):
        model.save(RESULTS / name)
    print(f'Saved {RESULTS}/my_model.h5 and {RESULTS}/my_model.keras')
    print(f'test_loss: {loss:.4f} - test_accuracy: {accuracy:.4f}')
    return model


if __name__ == '__main__':
    main()
