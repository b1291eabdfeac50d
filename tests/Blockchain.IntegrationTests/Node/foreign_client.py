"""A client of the transaction port that knows nothing but document 000: a length of two bytes, JSON as Python prints it,
Ed25519. Ed25519 after the formulas of RFC 8032, section 5.1: slow, and of use for a few signatures only.

Usage: foreign_client.py PORT. Prints one JSON object a line: what was sent, and the answer."""
import hashlib
import json
import socket
import struct
import sys
import time

P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    return x if x & 1 == sign else P - x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y)


def add(a, b):
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, P - 2, P) % P
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, P - 2, P) % P
    return x, y


def multiply(number, point):
    result = (0, 1)
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def number_of(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


class Key:
    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & (2 ** 254 - 8) | 2 ** 254
        self.prefix = digest[32:]
        self.public = encode(multiply(self.scalar, BASE))

    def sign(self, message):
        r = number_of(self.prefix, message) % L
        start = encode(multiply(r, BASE))
        s = (r + number_of(start, self.public, message) * self.scalar) % L
        return start + s.to_bytes(32, "little")


def request(key, message, nonce=None):
    fields = {"sender": key.public.hex(), "message": message}
    if nonce is not None:
        fields["nonce"] = nonce
    fields["signature"] = key.sign(json.dumps(fields, sort_keys=True).encode()).hex()
    return fields


def receive(connection, length):
    data = b""
    while len(data) < length:
        chunk = connection.recv(length - len(data))
        if not chunk:
            return None
        data += chunk
    return data


def ask(connection, body, byte_by_byte=False):
    frame = struct.pack("!H", len(body)) + body
    if byte_by_byte:
        for i in range(len(frame)):
            connection.sendall(frame[i:i + 1])
            time.sleep(0.001)
    else:
        connection.sendall(frame)
    length = receive(connection, 2)
    return None if length is None else json.loads(receive(connection, struct.unpack("!H", length)[0]))["response"]


def main(port):
    key = Key(hashlib.sha256(b"foreign client").digest())
    other = Key(hashlib.sha256(b"another client").digest())
    printed = {
        "sender": "a57819938feb51bb3f923496c9dacde3e9f667b214a0fb1653b6bfc0f185363b",
        "message": "hello",
        "nonce": 0,
        "signature": "142e395895e0bf4e4a3a7c3aabf2f59d80c517d24bb2d98a1a24384bc7cb29c9"
                     "d593ce3063c5dd4f12ae9393f3345174485c052d0f5e87c082f286fd60c7fd0c",
    }
    first = request(key, "first", 0)
    plain = request(other, "plain")
    cases = [
        ("printed sample", printed, True),
        ("printed sample again", printed, False),
        ("nonce 0", first, True),
        ("nonce 1", request(key, "second", 1), True),
        ("nonce 3 before 2", request(key, "fourth", 3), False),
        ("nonce 2", request(key, "second", 2), True),
        ("without a nonce", plain, True),
        ("without a nonce again", plain, False),
        ("letters of the world", request(other, "caf\u00e9\u4e16\u754c\u0663\u00bd\U0001d54f"), True),
        ("70 characters", request(other, "x" * 70), True),
        ("71 characters", request(other, "x" * 71), False),
        ("a blank", request(other, "a b"), False),
        ("nothing", request(other, ""), False),
        ("sender of another", dict(first, sender=other.public.hex()), False),
        ("message changed", dict(request(other, "right"), message="wrong"), False),
        ("nonce left out", {k: v for k, v in request(key, "left", 3).items() if k != "nonce"}, False),
        ("short sender", dict(first, sender="12"), False),
        ("short signature", dict(first, signature="12"), False),
        ("signature missing", {k: v for k, v in first.items() if k != "signature"}, False),
        ("no object", [1, 2, 3], False),
        ("a number", 12, False),
    ]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for name, fields, expected in cases:
            answer = ask(connection, json.dumps(fields).encode())
            print(json.dumps({"case": name, "expected": expected, "answer": answer,
                              "message": fields["message"] if isinstance(fields, dict) else None}))
        slow = request(other, "slowly")
        answer = ask(connection, json.dumps(slow).encode(), byte_by_byte=True)
        print(json.dumps({"case": "byte by byte", "expected": True, "answer": answer, "message": "slowly"}))
        answer = ask(connection, b"{not json")
        print(json.dumps({"case": "no JSON", "expected": False, "answer": answer, "message": None}))
    for name, frame in (("length 0", b"\0\0"), ("length 65534", b"\xff\xfe"), ("length 65535", b"\xff\xff")):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(frame)
            print(json.dumps({"case": name, "expected": None, "answer": receive(connection, 1), "message": None}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
