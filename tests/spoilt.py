r"""Files with errors in them, for tests of what reads files."""


def spoil(data, source):
    r"""Return ``data`` with a few bytes changed, cut out, put in, or cut off."""
    data = bytearray(data)
    for _ in range(source.choice([1, 1, 2, 4, 16])):
        place = source.randrange(len(data) or 1)
        match source.randrange(6):
            case 0:
                data[place : place + 1] = bytes([source.randrange(256)])
            case 1:
                data[place : place + 1] = bytes([data[place] ^ (1 << source.randrange(8))]) if data else b""
            case 2:
                del data[place : place + source.randrange(1, 9)]
            case 3:
                data[place:place] = source.randbytes(source.randrange(1, 9))
            case 4:
                data[place : place + 4] = source.choice([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"9999"])
            case 5:
                del data[place:]
    return bytes(data)
