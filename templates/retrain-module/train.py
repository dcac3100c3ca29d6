"""Trains the module openmo/image_classifier on the digits, as a job: its metrics become charts.

用任务训练模块 openmo/image_classifier：它打印的指标会画成曲线。
"""

import argparse
import shutil
from pathlib import Path

from modules import Client

ARCHIVE = 'datasets/openmo-digits/digits.zip'
PICTURES = Path('digits')


def arguments():
    """What stands behind the script's name when it is started: `--epochs 10`."""
    parser = argparse.ArgumentParser(description='Trains the module openmo/image_classifier on the digits.')
    parser.add_argument('--epochs', type=int, default=20, help='rounds of training (20)')
    return parser.parse_args()


if __name__ == '__main__':
    conf = {
        'data_path': str(PICTURES),                     # folder with one sub-folder per class
        'epochs': arguments().epochs,                   # rounds of training, 1-1000
        'model_save_path': 'results/my_model.npz',      # the whole model, from which training can go on
        'weight_save_path': 'results/my_weights.npz',   # the weights, which predict takes
        'log_dir': 'results',                           # folder for training_log.csv
    }
    if not PICTURES.is_dir():
        shutil.unpack_archive(ARCHIVE, PICTURES)
    result = Client().train('openmo/image_classifier/1.0.0', conf)
    print(f'Accuracy on unseen digits: {result["accuracy"]:.4f}. Saved {result["weights"]}.')
