"""Installs what this project needs and the environment lacks: Keras 3, with JAX or PyTorch to compute with.

Run it in a notebook with `!python packages.py`: the packages go to the project, for its notebooks and all its jobs.
安装本项目需要的 Keras 3 及其计算后端（JAX 或 PyTorch）；在笔记本中运行 `!python packages.py`，项目的笔记本和任务都能使用。
"""

import importlib
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

BACKENDS = ('jax', 'torch')
HELP = """
The packages could not be installed: pip's last lines above say why. Without internet access, put the wheels into a folder
of this project and run `pip install --no-index --find-links FOLDER keras jax` in a notebook; behind a mirror, set
PIP_INDEX_URL first. Then run this again.
未能安装软件包，原因见上面 pip 的最后几行。没有网络时，请把 wheel 文件放进项目的一个文件夹，在笔记本中运行
`pip install --no-index --find-links 文件夹 keras jax`；使用镜像时先设置 PIP_INDEX_URL。然后重新运行。
"""


def missing():
    """What must be installed, as pip is told."""
    wanted = [] if find_spec('keras') else ['keras>=3']
    if not any(find_spec(name) for name in BACKENDS):
        wanted.append('jax[cuda12]' if Path('/proc/driver/nvidia/version').exists() else 'jax')
    return wanted


def install(wanted):
    """Installs them and shows how far it is; exits with advice where that fails."""
    print(f'Installing {" ".join(wanted)}: some 200 MB, once for this project (仅需一次) ...', flush=True)
    pip = [sys.executable, '-m', 'pip', 'install', '--progress-bar', 'raw', '--disable-pip-version-check', *wanted]
    with subprocess.Popen(pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            words = line.split()
            if words[:1] == ['Progress']:  # "Progress 1048576 of 88219000"
                done, whole = int(words[1]), int(words[3])
                print(f'\r    {done / 1e6:.0f} of {whole / 1e6:.0f} MB', end='' if done < whole else '\n', flush=True)
            else:
                print(line, end='', flush=True)
    if process.returncode:
        sys.exit(HELP)
    importlib.invalidate_caches()


def ensure():
    """Everything is there afterwards, and Keras knows what to compute with."""
    wanted = missing()
    if wanted:
        install(wanted)
    os.environ.setdefault('KERAS_BACKEND', next(name for name in BACKENDS if find_spec(name)))


if __name__ == '__main__':
    ensure()
    print(f'Ready: Keras computes with {os.environ["KERAS_BACKEND"]} (已就绪).')
