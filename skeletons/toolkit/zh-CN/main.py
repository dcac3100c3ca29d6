"""数出一段文字里有几个词。请换成你自己的代码：这个文件会被读取、检查并发布。"""


class word_count:
    """工具有 `run`；类名就是模块名。

    每个输入写作 conf.get('名字', 默认值)；调用者必须给出的写作 conf['名字']。后面的注释说明类型和含义，类型有：
    int、float、str、bool、datetime、img、video、audio、file、dataframe、[int]、[float]、[str]。
    表单、文档和检查都来自这些注释。
    """

    def __init__(self, conf={}):
        pass  # 每次 run 都要用的东西在这里加载：main.py 旁边的文件在 Path(__file__).parent

    def run(self, conf={}):
        """数出词数，并找出最长的词。"""
        text = conf.get('text', '一 二二 三三三')  # value_type: str # description: 要数的文字，词与词之间有空格
        least = conf.get('least', 1)  # value_type: int # value_range: 1-100 # description: 每个词至少有几个字
        words = [word for word in text.split() if len(word) >= least]
        return {
            'words': len(words),  # value_type: int # description: 词数
            'longest': max(words, key=len, default=''),  # value_type: str # description: 最长的词
        }
