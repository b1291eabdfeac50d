#!/usr/bin/env python3
"""Checks a ledger without any code of the product, from src/Blockchain.Core/FORMAT.md alone.

usage: blockchain export SOURCE | verify.py        JSON lines, one block each
       verify.py --vectors src/Blockchain.Core/FORMAT.md
       verify.py --hex FILE                        one block a line, in hexadecimal

Prints one line. Exit code 0: everything holds; 4: something does not, and the line says which block and why.
Needs nothing but Python 3.8.
"""
import hashlib
import json
import re
import sys
from datetime import datetime, timezone

# NIST P-256 (FIPS 186-5, SP 800-186).
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)

MAX_AMOUNT = 10**15
OUTCOMES = [None, "INSUFFICIENT_FUNDS", "UNKNOWN_ACCOUNT", "SELF_TRANSFER", "INVALID_AMOUNT"]
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9_-])?")


class Fault(Exception):
    """The ledger is not good; the text says why."""


def require(holds, why):
    if not holds:
        raise Fault(why)


def add(a, b):
    """Adds two points of the curve; None is the point at infinity."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    if a == b:
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], P - 2, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], P - 2, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(k, point):
    result = None
    while k:
        if k & 1:
            result = add(result, point)
        point = add(point, point)
        k >>= 1
    return result


def on_curve(key):
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    return key[0] == 4 and x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0


def verifies(key, signed, signature):
    """ECDSA with SHA-256 (FIPS 186-5, section 6.4.2)."""
    if not on_curve(key):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    e = int.from_bytes(hashlib.sha256(signed).digest(), "big")
    w = pow(s, N - 2, N)
    public = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    point = add(times(e * w % N, G), times(r * w % N, public))
    return point is not None and point[0] % N == r


class Reader:
    """Reads the primitives of FORMAT.md."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, count):
        require(self.at + count <= len(self.data), "the bytes end too early")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, width):
        value = int.from_bytes(self.raw(width), "big")
        require(width < 4 or value < 2 ** (8 * width - 1), "a number is too large")
        return value

    def text(self, characters):
        try:
            text = self.raw(self.number(2)).decode("utf-8")
        except UnicodeDecodeError:
            raise Fault("a text is not UTF-8") from None
        require(len(text) <= characters, "a text is too long")
        return text


class Ledger:
    """The replay: feed it blocks in order."""

    def __init__(self):
        self.count, self.head, self.ledger = 0, hashlib.sha256(b"").digest(), None
        self.key, self.epoch, self.members, self.bank_key = (0, 0, 0), 0, [], None
        self.balances, self.keys, self.names, self.ids = {}, {}, set(), set()
        self.request, self.signature, self.signed = [], None, 0

    def add(self, block):
        reader = Reader(block)
        require(reader.number(1) == 1, "its format is not 1")
        kind, epoch = reader.number(1), reader.number(4)
        key = (reader.number(8), reader.number(4), reader.number(2))
        require(kind == 2 if self.count == 0 else key > self.key, "its key does not rise")
        if key[:2] != self.key[:2]:
            self.finish()
        require(kind in (1, 2, 3), "its kind is unknown")
        (self.open, self.view, self.pay)[kind - 1](reader, epoch, key)
        require(reader.at == len(block), "bytes follow it")
        self.head = hashlib.sha256(self.head + block).digest()
        self.ledger = self.ledger or self.head
        self.key, self.count = key, self.count + 1

    def open(self, reader, epoch, key):
        reader.number(8)
        account, name, deposit, public = reader.number(4), reader.text(32), reader.number(8), reader.raw(65)
        require(key[1] == 0 and epoch == self.epoch, "its maker or epoch is wrong")
        require(account == len(self.balances) + 1, "its account number is not the next one")
        require(NAME.fullmatch(name) and name.lower() not in self.names, "its name is taken or not allowed")
        require(public[0] == 4 and public not in self.keys.values(), "its key is taken or no key")
        require(deposit <= MAX_AMOUNT, "its deposit is too large")
        self.balances[account], self.keys[account] = deposit, public
        self.names.add(name.lower())

    def view(self, reader, epoch, key):
        reader.number(8)
        bank_key, count = reader.raw(65), reader.number(2)
        members = [reader.number(4) for _ in range(count)]
        require(key[1] == 0 and epoch == self.epoch + 1, "its maker or epoch is wrong")
        require(bank_key[0] == 4 and self.bank_key in (None, bank_key), "its bank key is another one")
        require(count <= 256 and members == sorted(set(members)), "its members do not rise")
        require(all(member in self.balances for member in members), "a member has no account")
        self.epoch, self.members, self.bank_key = epoch, members, bank_key

    def pay(self, reader, epoch, key):
        outcome, start = reader.number(1), reader.at
        id_, sender, receiver, amount = reader.raw(16), reader.number(4), reader.number(4), reader.number(8)
        reader.number(8)
        reader.text(70)
        transfer = reader.data[start:reader.at]
        require(epoch == self.epoch and key[1] in self.members, "its maker is no member of its view")
        require(sender == key[1], "it pays from another's account")
        require(key[2] == len(self.request) < 8190, "its place in the request is wrong")
        require(id_ not in self.ids, "its id stands in an earlier block")
        if key[2] == 0:
            self.signature = reader.raw(64)
        self.request.append(transfer)
        self.ids.add(id_)
        require(outcome == self.replay(sender, receiver, amount), "its outcome is not what the replay gives")

    def replay(self, sender, receiver, amount):
        if not 0 < amount <= MAX_AMOUNT:
            return 4
        if sender == receiver:
            return 3
        if receiver not in self.balances:
            return 2
        if self.balances[sender] < amount:
            return 1
        self.balances[sender] -= amount
        self.balances[receiver] += amount
        return 0

    def finish(self):
        """Checks the signature of the request that has ended."""
        if not self.request:
            return
        clock, client, _ = self.key
        signed = b"".join([
            b"blockchain/request/1", self.ledger, self.epoch.to_bytes(4, "big"), clock.to_bytes(8, "big"),
            client.to_bytes(4, "big"), len(self.request).to_bytes(2, "big"), *self.request])
        require(verifies(self.keys[client], signed, self.signature),
                f"the request that ends before it was not signed by client {client}")
        self.request, self.signed = [], self.signed + 1

    def check_checkpoint(self, data):
        reader = Reader(data)
        index, hash_ = reader.raw(8), reader.raw(32)
        require(int.from_bytes(index, "big") == self.count - 1, "the checkpoint is about another block")
        require(hash_ == self.head, "the checkpoint names another hash")
        signed = b"blockchain/checkpoint/1" + self.ledger + index + hash_
        require(verifies(self.bank_key, signed, reader.raw(64)), "the checkpoint was not signed by the bank")


def minor(text):
    whole, cents = text.split(".")
    return int(whole) * 100 + int(cents)


def milliseconds(text):
    if text.isdigit():
        return int(text)
    span = datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return span.days * 86_400_000 + span.seconds * 1000 + span.microseconds // 1000


def encode(block):
    """The canonical bytes of a block that is given as JSON."""
    time = milliseconds(block["timestamp"]).to_bytes(8, "big")
    kind = ["OPEN", "VIEW", "TRANSFER"].index(block["kind"]) + 1
    head = bytes([1, kind]) + block["epoch"].to_bytes(4, "big") + block["clock"].to_bytes(8, "big")
    head += block["client"].to_bytes(4, "big") + block["seq"].to_bytes(2, "big")
    if kind == 1:
        name = block["name"].encode()
        return head + time + block["account"].to_bytes(4, "big") + len(name).to_bytes(2, "big") + name + minor(
            block["amount"]).to_bytes(8, "big") + bytes.fromhex(block["publicKey"])
    if kind == 2:
        members = block["members"]
        return head + time + bytes.fromhex(block["bankKey"]) + len(members).to_bytes(2, "big") + b"".join(
            member.to_bytes(4, "big") for member in members)
    outcome, memo = OUTCOMES.index(block["reason"]), block["memo"].encode()
    require((outcome == 0) == (block["status"] == "SUCCESS"), "its status and reason contradict each other")
    return head + bytes([outcome]) + bytes.fromhex(block["txid"]) + block["from"].to_bytes(4, "big") + block[
        "to"].to_bytes(4, "big") + minor(block["amount"]).to_bytes(8, "big") + time + len(memo).to_bytes(
            2, "big") + memo + bytes.fromhex(block.get("signature") or "")


def from_json(lines):
    for line in lines:
        block = json.loads(line)
        yield encode(block), bytes.fromhex(block["previousHash"]), bytes.fromhex(block["hash"])


def from_hex(lines):
    for line in lines:
        yield bytes.fromhex(line.strip()), None, None


def vectors(path):
    with open(path, encoding="utf-8") as document:
        text = document.read()
    for name, body in re.findall(r"^```vector (.+)\n((?:.*\n)*?)```$", text, re.MULTILINE):
        fields = re.findall(r"^(\S[^=]*) =(.*(?:\n  .*)*)", body, re.MULTILINE)
        yield name, {field: re.sub(r"\s", "", value) for field, value in fields}


def verify(blocks):
    ledger, index = Ledger(), 0
    try:
        for block, previous, hash_ in blocks:
            before = ledger.head
            ledger.add(block)
            require(previous in (None, before), "its previous hash is another one")
            require(hash_ in (None, ledger.head), "its hash is not the hash of its content")
            index = ledger.count
        index = ledger.count - 1
        ledger.finish()
    except (Fault, ValueError, KeyError, TypeError, OverflowError) as fault:
        raise Fault(f"block {index}: {fault}") from None
    return ledger


def verify_vectors(path):
    found = dict(vectors(path))
    ledger = verify(
        tuple(bytes.fromhex(fields[field]) for field in ("bytes", "previous hash", "hash"))
        for name, fields in found.items() if name.startswith("block "))
    ledger.check_checkpoint(bytes.fromhex(found["checkpoint"]["bytes"]))
    for name, fields in found.items():
        if "digest" in fields:
            signed = bytes.fromhex(fields["signed bytes"])
            key = bytes.fromhex(found["key " + fields["signed by"]]["public"])
            require(hashlib.sha256(signed).hexdigest() == fields["digest"], f"{name}: its digest is another one")
            require(verifies(key, signed, bytes.fromhex(fields["signature"])), f"{name}: its signature does not hold")
        if name.startswith("key "):
            public = times(int(fields["private"], 16), G)
            text = f"04{public[0]:064x}{public[1]:064x}"
            require(text == fields["public"], f"{name}: its halves do not belong together")
    return ledger


def main(arguments):
    try:
        if arguments[:1] == ["--vectors"] and len(arguments) == 2:
            ledger = verify_vectors(arguments[1])
        elif arguments[:1] == ["--hex"] and len(arguments) == 2:
            with open(arguments[1], encoding="ascii") as lines:
                ledger = verify(from_hex(lines))
        elif not arguments:
            ledger = verify(from_json(sys.stdin))
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except Fault as fault:
        print(f"FAILED {fault}")
        return 4
    total = sum(ledger.balances.values())
    print(f"{ledger.count} blocks hold, {ledger.signed} requests signed, {len(ledger.balances)} accounts, "
          f"total {total // 100}.{total % 100:02d}, head {ledger.head.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
