"""Why a model's file is refused, in both languages: what the reader says, and what to do about it.

The reader of files speaks English, as all errors do. A student reads feedback, so here is a row for
each reason that a student may give by mistake; what only somebody builds on purpose shares a row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from advisor.text import Text

if TYPE_CHECKING:
    from advisor.errors import ModelFileError

_SAVE = "请用 model.save() 重新保存再交"


def told(name: str, error: ModelFileError) -> Text:
    """Return why the file of question `name` is refused.

    Example:
        >>> from advisor.errors import ModelFileError
        >>> print(told("q1", ModelFileError("'q1.keras' is refused: it is empty.")).zh)
        q1.keras 被拒收：文件是空的；请重新保存、重新上传。
    """
    english = str(error)
    why = english.partition(" is refused: ")[2].rstrip(".") or english
    for pattern, words in _ROWS:
        found = re.match(pattern, why)
        if found is not None:
            chinese = words.format(*found.groups(), save=_SAVE)
            return Text(en=english, zh=f"{name}.keras 被拒收：{chinese}。")
    return Text(en=english, zh=f"{name}.keras 被拒收：配置和 Keras 写出来的不一样；{_SAVE}。")


# the first that fits counts
_ROWS = (
    ("a Lambda layer", "Lambda 层会运行文件里带的代码；请换成 Keras 自带的层"),
    (
        "(.*) is a class of its own",
        "{} 是自己写的类；请用 keras.Sequential 或 keras.Model(inputs, outputs)",
    ),
    ("(.*) is not one of Keras' own classes", "{} 不是 Keras 自带的；请只用 keras.layers 里的层"),
    (
        "(.*) is no function of Keras'",
        "{} 不是 Keras 自带的函数，自己写的函数不会被加载；请换成自带的",
    ),
    ("(.*) is a function of your own", "{} 是自己写的函数；请换成 Keras 自带的"),
    (
        "Keras (.*) saved it; load it in Keras (.*) and",
        "它是 Keras {} 保存的；请用 Keras {} 打开，再重新保存",
    ),
    ("it is empty", "文件是空的；请重新保存、重新上传"),
    ("it is HDF5", "这是 HDF5 文件；请另存为 .keras：model.save('….keras')"),
    ("it is a web page", "这是一个网页；请下载文件本身再交"),
    ("it is text", "这是文本，不是保存的模型；{save}"),
    ("it is no zip", "这不是 zip 压缩包，所以不是 .keras 文件；{save}"),
    ("the archive has no config", "压缩包里没有 config.json，所以不是保存的模型；{save}"),
    (".*(damaged|cut off)", "文件损坏或者不完整；请重新保存、重新上传"),
    ("it holds no weights", "文件里没有权重；{save}"),
    ("a weight is NaN", "权重里有 NaN 或无穷大，训练已经发散；请调小学习率，重新训练再保存"),
    (
        ".*(is the most|are the most|more than|larger than|unpack to|asks for .* rows)",
        "模型或文件太大，超过了一份作业的上限；请交一个小一些的模型",
    ),
    (".*weights? .*do(es)? not fit", "权重和层对不上；{save}"),
    ("a vocabulary", "词表是用路径指定的；请把词表存在层里面"),
    ("(its|the) weights", "权重部分和 Keras 写出来的不一样；{save}"),
    ("(the|an) (archive|entry)|something stands", "压缩包和 Keras 写出来的不一样；{save}"),
)
