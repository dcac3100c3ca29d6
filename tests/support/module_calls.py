"""Modules that run in a process of their own, for tests of the call channel."""

import os
from pathlib import Path
from typing import Any

from openmo_sdk.calls.parcel import Incoming, Outgoing
from openmo_sdk.calls.values import Decoder, Encoder, parse
from support.sdk_projects import add_module

ECHO = """
import os, signal, sys, time

class Odd(ValueError):
    pass

class echo:
    calls = 0
    def __init__(self, conf={}):
        self.made_with = dict(conf)
    def predict(self, conf={}):
        return conf.get("x")
    def count(self, conf={}):
        self.calls += 1
        return self.calls
    def made(self, conf={}):
        return self.made_with
    def pid(self, conf={}):
        return os.getpid()
    def where(self, conf={}):
        return os.getcwd()
    def change(self, conf={}):
        conf["x"][...] = 7
        return float(conf["x"].sum())
    def shared(self, conf={}):
        from openmo_sdk import shared_array
        array = shared_array(conf["x"])
        array[:] = 3
        return array
    def raises(self, conf={}):
        raise eval(conf["x"])
    def talk(self, conf={}):
        print("one")
        print("two", file=sys.stderr)
        print("three")
        sys.stderr.write("\\r10%")
        sys.stderr.write("\\r20%")
    def programs(self, conf={}):
        os.system("echo from a program")
        if os.fork() == 0:
            print("from a fork", flush=True)
            os._exit(0)
        os.wait()
    def sleep(self, conf={}):
        print("asleep")
        while True:
            time.sleep(1)
    def stubborn(self, conf={}):
        while True:
            try:
                print("asleep")
                while True:
                    time.sleep(1)
            except KeyboardInterrupt:
                pass
    def busy(self, conf={}):
        print("busy")
        while True:
            pass
    def returns_itself(self, conf={}):
        return {"me": self}
    def die(self, conf={}):
        os.kill(os.getpid(), signal.SIGKILL)
    def leave(self, conf={}):
        os._exit(3)
"""


def add_echo(project: Path) -> str:
    """A module `ann/echo/1.0.0`, which answers in many ways."""
    add_module(project, "ann/echo/1.0.0", {"main.py": ECHO})
    return "ann/echo/1.0.0"


def trip(value: Any) -> Any:
    """The value, written as for a call and read again."""
    outgoing = Outgoing()
    try:
        encoder = Encoder(outgoing, lambda keys: "".join(f"[{key!r}]" for key in keys))
        document = encoder.document({"value": encoder.encode(value)})
        incoming = Incoming(bytearray(outgoing.inline), [os.dup(each) for each in outgoing.descriptors()])
    finally:
        outgoing.close()
    try:
        return Decoder(incoming).decode(parse(document)["value"])
    finally:
        incoming.close()


def descriptors() -> list[str]:
    """What this process has open, sorted."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(entry.readlink()))
        except OSError:
            continue  # of the listing itself
    return sorted(each.partition(":")[0] if each.startswith(("socket:", "pipe:")) else each for each in found)
