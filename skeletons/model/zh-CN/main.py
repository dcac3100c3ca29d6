"""学习最符合各点的直线。请换成你自己的模型：这个文件会被读取、检查并发布。"""

import json
from pathlib import Path

BESIDE = Path(__file__).parent  # 模块自己的文件所在，例如随模块发布的权重；对其他人只读


class straight_line:
    """模型有 `train` 和 `predict`；类名就是模块名。

    每个输入写作 conf.get('名字', 默认值)；调用者必须给出的写作 conf['名字']。后面的注释说明类型和含义，类型有：
    int、float、str、bool、datetime、img、video、audio、file、dataframe、[int]、[float]、[str]。
    表单、文档和检查都来自这些注释。
    """

    def __init__(self, conf={}):
        self.slope, self.intercept = 2.0, 0.0  # 训练或加载之前的取值

    def train(self, conf={}):
        """用各点拟合直线，并保存。"""
        xs = conf.get('x', [1.0, 2.0, 3.0])  # value_type: [float] # description: 各点的横坐标
        ys = conf.get('y', [2.0, 4.0, 6.0])  # value_type: [float] # description: 各点的纵坐标
        path = conf.get('model_save_path', 'model.json')  # value_type: str # description: 模型保存到项目里的哪个文件
        if len(xs) != len(ys) or len(set(xs)) < 2:
            raise ValueError('x 与 y 的个数要相同，并且至少有两个不同的 x。')
        mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
        spread = sum((x - mean_x) ** 2 for x in xs)
        self.slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / spread
        self.intercept = mean_y - self.slope * mean_x
        loss = sum((self._line(x) - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
        print(json.dumps({'metric': 'loss', 'value': loss, 'epoch': 1}))  # 作为任务运行时，这样的行会画成曲线
        Path(path).write_text(json.dumps({'slope': self.slope, 'intercept': self.intercept}))
        return {
            'loss': loss,  # value_type: float # description: 均方误差
            'model_save_path': path,  # value_type: str # description: 模型保存到了哪里
        }

    def predict(self, conf={}):
        """从直线上读出一个值。"""
        x = conf.get('x', 1.5)  # value_type: float # description: 横坐标
        path = conf.get('model_path', '')  # value_type: str # description: train 保存的模型；留空则用现有的
        if path:
            self._read(Path(path))
        return {
            'y': self._line(x),  # value_type: float # description: 直线在该处的纵坐标
        }

    def load_model(self):
        """第一次 predict 之前调用一次：加载随模块发布的文件（如果你放了的话）。"""
        if (BESIDE / 'model.json').exists():
            self._read(BESIDE / 'model.json')

    def _line(self, x):
        return self.slope * x + self.intercept

    def _read(self, path):
        saved = json.loads(path.read_text())  # JSON、npz 或 safetensors：读取它们不会像 pickle 那样运行代码
        self.slope, self.intercept = saved['slope'], saved['intercept']
