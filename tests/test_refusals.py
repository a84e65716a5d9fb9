"""A refused file is explained in both languages, and what is done by mistake has words of its own."""

from __future__ import annotations

import pytest

from advisor import saved
from advisor.errors import ModelFileError
from advisor.grading import refusals
from advisor.grading.handin import saved as bytes_of

OTHER = refusals.told("q1", ModelFileError("'q1.keras' is refused: something new.")).zh


def refused(data):
    with pytest.raises(ModelFileError) as caught:
        saved.vetted(data, "q1.keras")
    return refusals.told("q1", caught.value)


@pytest.fixture(scope="module")
def whole(keras):
    return bytes_of(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))


def test_what_students_hand_in_by_mistake_is_named_in_chinese(whole):
    for data, words in {
        b"": "文件是空的",
        b"<!DOCTYPE html>": "这是一个网页",
        b"\x89HDF\r\n\x1a\n": "这是 HDF5 文件",
        b"model = keras.Sequential()": "这是文本",
        b"\x00\x01": "这不是 zip",
        whole[: len(whole) // 2]: "文件损坏或者不完整",
    }.items():
        told = refused(data)
        assert told.zh.startswith(f"q1.keras 被拒收：{words}")
        assert "请" in told.zh
        assert told.zh.endswith("。")


def test_own_code_is_named_in_chinese_with_what_to_do(keras):
    layers = keras.layers

    @keras.saving.register_keras_serializable()
    class Own(layers.Layer):
        def call(self, x):
            return x

    @keras.saving.register_keras_serializable()
    class Whole(keras.Model):
        def call(self, x):
            return x

    @keras.saving.register_keras_serializable()
    def bend(x):
        return x

    def model(*middle):
        return bytes_of(keras.Sequential([keras.Input((2,)), *middle, layers.Dense(1)]))

    own = Whole()
    own(keras.ops.zeros((1, 2)))
    for data, words in {
        model(layers.Lambda(lambda x: x)): "Lambda 层会运行文件里带的代码；请换成",
        model(Own()): "不是 Keras 自带的；请只用 keras.layers",
        model(layers.Dense(2, bend)): "'Custom>bend' 不是 Keras 自带的函数",
        bytes_of(own): "'Whole' 是自己写的类；请用 keras.Sequential",
    }.items():
        assert words in refused(data).zh
        assert refused(data).zh != OTHER


def test_reasons_are_words_and_no_patterns():
    told = refusals.told(
        "q1", ModelFileError("'q1.keras' is refused: '{0}' is a class of its own; ….")
    )
    assert told.zh.startswith("q1.keras 被拒收：'{0}' 是自己写的类")
    assert refusals.told("q1", ModelFileError("There is no file 'x'.")).zh == OTHER
