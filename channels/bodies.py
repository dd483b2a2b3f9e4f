"""The body of an answer: unpacked as it comes, and never more of it than was allowed."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS
_PACKED = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}


class Overfull(Exception):
    """More bytes than `most`, which are allowed. `size` is how many were announced, 0 where nobody said."""

    def __init__(self, most: int, size: int = 0) -> None:
        super().__init__(most, size)
        self.most = most
        self.size = size


class BadCoding(Exception):
    """Packed in a way that was not asked for, damaged, or cut off."""


class Body:
    """Collects the pieces of a body. A small packed body that would unpack to a huge one is stopped at the limit."""

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._kept = bytearray()
        self._came = 0
        self._format = 0
        self._unpack = zlib.decompressobj(_GZIP)

    def expect(self, length: str, coding: str) -> None:
        """What the headers promise. Raises Overfull or BadCoding before a byte is read."""
        if length.isdecimal() and len(length) < 20 and int(length) > self._max:
            raise Overfull(self._max, int(length))
        named = coding.strip().lower()
        if named not in ("", "identity", *_PACKED):
            raise BadCoding
        self._format = _PACKED.get(named, 0)

    def add(self, piece: bytes) -> None:
        """One more piece as it came over the wire."""
        if self._format and piece and not self._came:
            # Servers call two things deflate: with a head, as the standard says, and bare.
            bare = self._format == zlib.MAX_WBITS and piece[0] & 0x0F != 8
            self._unpack = zlib.decompressobj(-zlib.MAX_WBITS if bare else self._format)
        self._came += len(piece)
        if not self._format:
            self._kept += piece
        while self._format and piece:
            try:
                self._kept += self._unpack.decompress(piece, self._max - len(self._kept) + 1)
            except zlib.error as error:
                raise BadCoding from error
            # One gzip stream may follow another.
            piece = self._unpack.unused_data
            if self._unpack.eof and piece:
                if self._format != _GZIP:
                    raise BadCoding
                self._unpack = zlib.decompressobj(_GZIP)
            if len(self._kept) > self._max:
                break
        if max(len(self._kept), self._came) > self._max:
            raise Overfull(self._max)

    def whole(self) -> bytes:
        """The unpacked body. Raises BadCoding when a packed one was cut off."""
        if self._format and self._came and not self._unpack.eof:
            raise BadCoding
        return bytes(self._kept)
