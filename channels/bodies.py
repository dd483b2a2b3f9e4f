"""The body of an answer: unpacked as it comes, and never more of it than was allowed."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS


class Overfull(Exception):
    """More bytes than allowed. The message names the size, as in '12.3 MB'."""


class BadCoding(Exception):
    """Packed in a way that was not asked for, damaged, or cut off."""


class Body:
    """Collects the pieces of a body. A small packed body that would unpack to a huge one is stopped at the limit."""

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._kept = bytearray()
        self._came = 0
        self._gzip = False
        self._unpack = zlib.decompressobj(_GZIP)

    def expect(self, length: str, coding: str) -> None:
        """What the headers promise. Raises Overfull or BadCoding before a byte is read."""
        if length.isdecimal() and len(length) < 20 and int(length) > self._max:
            raise Overfull(f"{int(length) / 1e6:,.1f} MB ({self._max / 1e6:g} MB are allowed)")
        self._gzip = coding.strip().lower() in ("gzip", "x-gzip")
        if not self._gzip and coding.strip().lower() not in ("", "identity"):
            raise BadCoding

    def add(self, piece: bytes) -> None:
        """One more piece as it came over the wire."""
        self._came += len(piece)
        if not self._gzip:
            self._kept += piece
        while self._gzip and piece:
            try:
                self._kept += self._unpack.decompress(piece, self._max - len(self._kept) + 1)
            except zlib.error as error:
                raise BadCoding from error
            # One gzip stream may follow another.
            piece = self._unpack.unused_data
            if self._unpack.eof and piece:
                self._unpack = zlib.decompressobj(_GZIP)
            if len(self._kept) > self._max:
                break
        if max(len(self._kept), self._came) > self._max:
            raise Overfull(f"more than {self._max / 1e6:g} MB")

    def whole(self) -> bytes:
        """The unpacked body. Raises BadCoding when a packed one was cut off."""
        if self._gzip and self._came and not self._unpack.eof:
            raise BadCoding
        return bytes(self._kept)
