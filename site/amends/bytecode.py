"""Templates that are compiled once, and kept for the next app of this process and for the next process.

Compiling those of a page takes longer than writing a hundred such pages.
"""

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from amends import compiled


class Compiled(BytecodeCache):
    """The compiled templates of one kind of environment.

    `name` is part of a file's name. `made_with` is everything but a template itself that decides what it becomes: the
    code that sets the environment up, and the words that are put into it.
    """

    def __init__(self, name: str, made_with: bytes) -> None:
        self._name = name
        self._made_with = made_with
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template the code that was made of the same source, here or by an earlier process."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            kept = compiled.recall(self._file(bucket), self._source(bucket))
            if kept:
                bucket.bytecode_from_string(kept)
                self._remember(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code that was just made."""
        self._remember(bucket)
        compiled.keep(self._file(bucket), self._source(bucket), bucket.bytecode_to_string())

    def _remember(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code

    def _file(self, bucket: Bucket) -> str:
        return f"template-{self._name}-{bucket.key[:16]}"

    def _source(self, bucket: Bucket) -> bytes:
        return bucket.checksum.encode() + self._made_with
