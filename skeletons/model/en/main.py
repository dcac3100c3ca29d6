"""Learns the straight line that fits points best. Put your own model in its place, with the same methods."""

import json
from pathlib import Path

BESIDE = Path(__file__).parent  # the module's own files, such as weights that are published with it


class straight_line:
    """A model has `train` and `predict`; the class is called as the module is.

    Each input is read as conf.get('name', default), or conf['name'] where a caller must give it. The comment behind it
    says its type and what it is: int, float, str, bool, datetime, img, video, audio, file, dataframe, [int], [float],
    [str]. Forms, documentation and checks come from these comments.
    """

    def __init__(self, conf={}):
        self.slope, self.intercept = 2.0, 0.0  # until something else was trained or loaded

    def train(self, conf={}):
        """Fits the line to points, and saves it."""
        xs = conf.get('x', [1.0, 2.0, 3.0])  # value_type: [float] # description: where the points lie
        ys = conf.get('y', [2.0, 4.0, 6.0])  # value_type: [float] # description: how high each point is
        path = conf.get('model_save_path', 'model.json')  # value_type: str # description: the file to save to
        if len(xs) != len(ys) or len(set(xs)) < 2:
            raise ValueError('A line needs as many x as y, and two different x at least.')
        mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
        spread = sum((x - mean_x) ** 2 for x in xs)
        self.slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / spread
        self.intercept = mean_y - self.slope * mean_x
        loss = sum((self._line(x) - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        print(json.dumps({'metric': 'loss', 'value': loss, 'epoch': 1}))  # drawn as a chart when this runs as a job
        Path(path).write_text(json.dumps({'slope': self.slope, 'intercept': self.intercept}))
        return {
            'loss': loss,  # value_type: float # description: mean squared error
            'model_save_path': path,  # value_type: str # description: where the model was saved
        }

    def predict(self, conf={}):
        """Reads one value off the line."""
        x = conf.get('x', 1.5)  # value_type: float # description: where to look
        path = conf.get('model_path', '')  # value_type: str # description: a file that train saved; empty: none
        if path:
            self._read(Path(path))
        return {
            'y': self._line(x),  # value_type: float # description: how high the line is there
        }

    def load_model(self):
        """Called once before the first predict: loads what is published with the module, if you put it there."""
        if (BESIDE / 'model.json').exists():
            self._read(BESIDE / 'model.json')

    def _line(self, x):
        return self.slope * x + self.intercept

    def _read(self, path):
        saved = json.loads(path.read_text())  # JSON, npz or safetensors: unlike pickle, reading them runs no code
        self.slope, self.intercept = saved['slope'], saved['intercept']
