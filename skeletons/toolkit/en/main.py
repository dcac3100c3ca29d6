"""Counts the words of a text. Put your own code in its place: this file is read, checked and published."""


class word_count:
    """A toolkit has `run`; the class is called as the module is.

    Each input is read as conf.get('name', default), or conf['name'] where a caller must give it. The comment behind it
    says its type and what it is: int, float, str, bool, datetime, img, video, audio, file, dataframe, [int], [float],
    [str]. Forms, documentation and checks come from these comments.
    """

    def __init__(self, conf={}):
        pass  # load what `run` needs each time: files beside main.py are at Path(__file__).parent

    def run(self, conf={}):
        """Counts words, and finds the longest."""
        text = conf.get('text', 'one two three')  # value_type: str # description: the text to look at
        least = conf.get('least', 1)  # value_type: int # value_range: 1-100 # description: letters of a word, at least
        words = [word for word in text.split() if len(word) >= least]
        return {
            'words': len(words),  # value_type: int # description: how many words there are
            'longest': max(words, key=len, default=''),  # value_type: str # description: the longest word
        }
