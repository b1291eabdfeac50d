#!/usr/bin/env python3
"""Checks the open network's bytes without any code of the product, from src/Blockchain.Core/FORMAT-OPEN.md alone.

usage: verify_open.py --vectors src/Blockchain.Core/FORMAT-OPEN.md
       verify_open.py --hex FILE [NETWORK]         blocks of the standard network from height 1, one a line

Prints one line. Exit code 0: everything holds; 4: something does not, and the line says what and why.
Needs nothing but Python 3.8.
"""
import hashlib
import json
import re
import sys

# Ed25519 (RFC 8032, section 5.1).
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)

MAX_AMOUNT = 5 * 10**15
OPEN = dict(spacing=10, window=20, adjustment=4, retargets=1, limit=0x1F00FFFF, start=0x1E00FFFF,
            reward=5_000_000_000, halving=210_000, bytes=500_000, maturity=10, time=1_767_225_600)
KINDS = ["HELLO", "GET_HEADERS", "HEADERS", "GET_BLOCKS", "BLOCK", "NOT_FOUND", "INVENTORY", "GET_TRANSACTIONS",
         "TRANSACTIONS", "GET_PEERS", "PEERS", "PING", "PONG"]


class Fault(Exception):
    """Something does not hold; the text says what."""


def require(holds, why):
    if not holds:
        raise Fault(why)


def hash256(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def printed(data):
    return data[::-1].hex()


def add(a, b):
    """Adds two points (x, y, z, xy) of the curve in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    h, g, i, j = f - e, d - c, d + c, f + e
    return h * g % P, i * j % P, g * i % P, h * j % P


def times(k, point):
    result = (0, 1, 1, 0)
    while k:
        if k & 1:
            result = add(result, point)
        point = add(point, point)
        k >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decompress(data):
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    point = (x, y, 1, x * y % P)
    return None if same(times(8, point), (0, 1, 1, 0)) else point


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def compress(point):
    z = pow(point[2], P - 2, P)
    return (point[1] * z % P | ((point[0] * z % P & 1) << 255)).to_bytes(32, "little")


def public_of(seed):
    scalar = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return compress(times(scalar & ~7 & (2**255 - 1) & ~(1 << 255) | 1 << 254, BASE))


def verifies(key, signed, signature):
    a, r, s = decompress(key), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + signed).digest(), "little") % L
    return same(times(s, BASE), add(r, times(k, a)))


class Reader:
    """Reads the primitives of FORMAT-OPEN.md."""

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

    def count(self, most):
        value = self.number(2)
        require(value <= most, "there are too many")
        return value

    def text(self, characters):
        try:
            text = self.raw(self.number(2)).decode("utf-8")
        except UnicodeDecodeError:
            raise Fault("a text is not UTF-8") from None
        require(len(text) <= characters, "a text is too long")
        return text

    def prefixed(self):
        return self.raw(self.number(4))

    def hashes(self, most):
        return [self.raw(32) for _ in range(self.count(most))]

    def end(self):
        require(self.at == len(self.data), "bytes follow")


def address_of(key):
    return hash256(key)[:20]


def address_text(address):
    return "0x" + address.hex() + hash256(address)[:4].hex()


def target_of(bits):
    size, digits = bits >> 24, bits & 0x7FFFFF
    target = digits << 8 * (size - 3) if size > 3 else digits >> 8 * (3 - size)
    require(target and not bits & 0x800000 and target < 2**256, "the compact target is none")
    return target


def bits_of(target):
    size = (target.bit_length() + 7) // 8
    digits = target << 8 * (3 - size) if size <= 3 else target >> 8 * (size - 3)
    if digits & 0x800000:
        digits, size = digits >> 8, size + 1
    return size << 24 | digits


def work_of(bits):
    return 2**256 // (target_of(bits) + 1)


def retarget(bits, first, last, numbers):
    wanted = numbers["window"] * numbers["spacing"]
    taken = min(max(last - first, wanted // numbers["adjustment"]), wanted * numbers["adjustment"])
    return bits_of(min(target_of(bits) * taken // wanted, target_of(numbers["limit"])))


class Header:
    def __init__(self, data):
        require(len(data) == 80, "a header has 80 bytes")
        self.version = int.from_bytes(data[:4], "little", signed=True)
        self.previous, self.root = data[4:36], data[36:68]
        self.time, self.bits, self.nonce = (int.from_bytes(data[at:at + 4], "little") for at in (68, 72, 76))
        self.hash = hash256(data)

    def has_work(self):
        return int.from_bytes(self.hash, "little") <= target_of(self.bits)


def root_of(leaves):
    level = list(leaves)
    while len(level) > 1:
        pairs = [(level[i], level[min(i + 1, len(level) - 1)]) for i in range(0, len(level), 2)]
        require(all(a != b for a, b in pairs[:len(level) // 2]), "its transactions repeat")
        level = [hash256(a + b) for a, b in pairs]
    return level[0]


def check_proof(leaf, index, siblings, root):
    require(len(siblings) <= 31 and index >> len(siblings) == 0, "the proof is too short for its index")
    for i, sibling in enumerate(siblings):
        right = index >> i & 1
        require(not (right and sibling == leaf), "the proof is of a repeated end")
        leaf = hash256(sibling + leaf if right else leaf + sibling)
    require(leaf == root, "the proof leads to another root")


class Transaction:
    """One transaction, taken apart and put in words: signers is a list of (key, signature)."""

    def __init__(self, data):
        require(len(data) <= 100_000 and len(data) != 64, "its size is not allowed")
        self.data, self.id, reader = data, hash256(data), Reader(data)
        self.kind, self.outputs, self.inputs, self.fee, self.signers = reader.number(1), [], [], 0, []
        require(1 <= self.kind <= 5, "its kind is unknown")
        (self.coinbase, self.payment, self.message, self.election, self.ballot)[self.kind - 1](reader)
        reader.end()

    def read_outputs(self, reader):
        self.outputs = [(reader.raw(20), reader.number(8)) for _ in range(reader.count(512))]
        require(all(0 < amount <= MAX_AMOUNT for _, amount in self.outputs), "an amount is not allowed")

    def coinbase(self, reader):
        self.height = reader.number(4)
        reader.raw(8)
        self.text = reader.text(512)
        self.read_outputs(reader)

    def payment(self, reader):
        self.inputs = [(reader.raw(32), reader.number(4), reader.raw(32)) for _ in range(reader.count(512))]
        self.read_outputs(reader)
        self.fee = reader.number(8)
        require(self.inputs and self.outputs and self.fee <= MAX_AMOUNT, "it moves nothing or too much")
        self.body = self.data[:reader.at]
        self.signers = [(key, reader.raw(64)) for _, _, key in self.inputs]

    def message(self, reader):
        self.sender, cases = reader.raw(32), int.from_bytes(reader.raw(8), "big")
        self.said = reader.text(70)
        require(self.said.isalnum(), "its text is not letters and digits")
        flag = reader.number(1)
        require(flag < 2, "a flag is neither 0 nor 1")
        self.nonce = reader.number(8) if flag else None
        digits = self.sender.hex()
        require(all(digits[i].isalpha() for i in range(64) if cases >> i & 1), "a digit is said to be upper case")
        self.digits = "".join(c.upper() if cases >> i & 1 else c for i, c in enumerate(digits))
        self.signers = [(self.sender, reader.raw(64))]

    def election(self, reader):
        self.name = reader.text(64)
        self.choices = [reader.text(64) for _ in range(reader.count(256))]
        roll = [(reader.text(64), reader.raw(32)) for _ in range(reader.count(1000))]
        self.roll = dict(roll)
        require(len(self.roll) == len(roll) and len(set(self.choices)) == len(self.choices), "something repeats")
        self.sign_with(reader)

    def ballot(self, reader):
        self.name, self.voter, self.choice = reader.text(64), reader.text(64), reader.text(64)
        self.sign_with(reader)

    def sign_with(self, reader):
        key = reader.raw(32)
        self.body = self.data[:reader.at]
        self.signers = [(key, reader.raw(64))]

    def signed_bytes(self, network):
        if self.kind == 3:
            fields = {"sender": self.digits, "message": self.said}
            if self.nonce is not None:
                fields["nonce"] = self.nonce
            return json.dumps(fields, sort_keys=True).encode()
        domain = {2: b"payment", 4: b"election", 5: b"ballot"}[self.kind]
        return b"blockchain/" + domain + b"/1" + network + self.body

    def check_signatures(self, network):
        for key, signature in self.signers:
            require(verifies(key, self.signed_bytes(network), signature), "a signature does not hold")
        return len(self.signers)


class Block:
    def __init__(self, data):
        self.data, reader = data, Reader(data)
        self.header = Header(reader.raw(80))
        self.transactions = [Transaction(reader.prefixed()) for _ in range(reader.number(4))]
        reader.end()
        require(self.transactions, "it has no transactions")
        require(root_of([t.id for t in self.transactions]) == self.header.root, "its root is another one")


def genesis(name, numbers):
    text = (f"{name}; spacing {numbers['spacing']}, window {numbers['window']}, adjustment {numbers['adjustment']}, "
            f"retargets {numbers['retargets']}, limit {numbers['limit']:08x}, start {numbers['start']:08x}, "
            f"reward {numbers['reward']}, halving {numbers['halving']}, bytes {numbers['bytes']}, "
            f"maturity {numbers['maturity']}").encode()
    coinbase = b"\x01" + bytes(12) + len(text).to_bytes(2, "big") + text + bytes(2)
    header = b"".join([(1).to_bytes(4, "little"), bytes(32), hash256(coinbase), *(
        number.to_bytes(4, "little") for number in (numbers["time"], numbers["start"], 0))])
    return header + (1).to_bytes(4, "big") + len(coinbase).to_bytes(4, "big") + coinbase


class Chain:
    """The rules of a chain: feed it blocks in order."""

    def __init__(self, name="main", numbers=None):
        self.numbers = numbers or OPEN
        first = Block(genesis(name, self.numbers))
        self.network, self.headers = first.header.hash, [first.header]
        self.ids, self.unspent, self.spent = {first.transactions[0].id}, {}, 0
        self.nonces, self.said, self.elections, self.ballots, self.signed = {}, set(), {}, {}, 0

    def next_bits(self):
        height, window = len(self.headers), self.numbers["window"]
        last = self.headers[-1]
        if height % window or not self.numbers["retargets"]:
            return last.bits
        return retarget(last.bits, self.headers[height - window].time, last.time, self.numbers)

    def add(self, block):
        header, height = block.header, len(self.headers)
        times = sorted(each.time for each in self.headers[-11:])
        require(header.previous == self.headers[-1].hash, "it stands on another block")
        require(header.version >= 1 and header.bits == self.next_bits(), "its version or target is wrong")
        require(header.has_work(), "no work was done")
        require(header.time > times[len(times) // 2], "it is older than the median")
        require(len(block.data) <= self.numbers["bytes"], "it is too large")
        kinds = [t.kind for t in block.transactions]
        require(kinds[0] == 1 and kinds.count(1) == 1, "it has not one coinbase, at its start")
        free = sum(len(t.data) for t in block.transactions if t.kind > 2)
        require(free <= self.numbers["bytes"] // 4, "too much of it is free")
        require(block.transactions[0].height == height, "its coinbase names another height")
        for transaction in block.transactions:
            self.apply(transaction, height)
        due = (self.numbers["reward"] >> height // self.numbers["halving"]) + sum(t.fee for t in block.transactions)
        paid = sum(amount for _, amount in block.transactions[0].outputs)
        require(paid == due, "its coinbase pays another sum")
        self.headers.append(header)

    def apply(self, transaction, height):
        require(transaction.id not in self.ids, "a transaction is there already")
        self.ids.add(transaction.id)
        self.signed += transaction.check_signatures(self.network)
        if transaction.kind == 2:
            self.spend(transaction, height)
        elif transaction.kind == 3:
            self.say(transaction)
        elif transaction.kind == 4:
            require(transaction.name not in self.elections, "the election is there already")
            self.elections[transaction.name] = transaction
        elif transaction.kind == 5:
            self.vote(transaction)
        for place, (owner, amount) in enumerate(transaction.outputs):
            self.unspent[transaction.id, place] = owner, amount, height, transaction.kind == 1

    def spend(self, payment, height):
        worth = 0
        for id_, place, key in payment.inputs:
            require((id_, place) in self.unspent, "it spends what is not there")
            owner, amount, made, reward = self.unspent.pop((id_, place))
            require(owner == address_of(key), "it spends what is another's")
            require(not reward or height - made >= self.numbers["maturity"], "the reward is too young")
            worth += amount
        require(worth == payment.fee + sum(amount for _, amount in payment.outputs), "inputs are not outputs and fee")

    def say(self, message):
        if message.nonce is None:
            require((message.sender, message.said) not in self.said, "it was said before")
            self.said.add((message.sender, message.said))
        else:
            require(message.nonce == self.nonces.get(message.sender, 0), "its nonce is not the next")
            self.nonces[message.sender] = message.nonce + 1

    def vote(self, ballot):
        election = self.elections.setdefault(ballot.name, None)
        require((ballot.name, ballot.voter) not in self.ballots, "the voter has voted")
        if election and election.roll:
            require(election.roll.get(ballot.voter) == ballot.signers[0][0], "the voter is not on the roll")
        require(not (election and election.choices) or ballot.choice in election.choices, "there is no such choice")
        self.ballots[ballot.name, ballot.voter] = ballot.choice


def read_message(data):
    """Takes a message between nodes apart; returns its name."""
    require(len(data) <= 1 << 20, "a message is too long")
    reader = Reader(data)
    require(reader.number(1) == 1, "its format is not 1")
    kind = reader.number(1)
    require(1 <= kind <= len(KINDS), "its kind is unknown")
    name = KINDS[kind - 1]
    if name == "HELLO":
        reader.number(2), reader.raw(32), reader.raw(8), reader.text(256), reader.number(4), reader.raw(32)
    elif name == "GET_HEADERS":
        reader.hashes(64), reader.raw(32)
    elif name == "HEADERS":
        for _ in range(reader.count(2000)):
            Header(reader.raw(80))
    elif name in ("GET_BLOCKS", "NOT_FOUND"):
        reader.hashes(64)
    elif name == "BLOCK":
        Block(reader.raw(len(data) - reader.at))
    elif name == "INVENTORY":
        require(len(reader.hashes(1000)) + len(reader.hashes(1000)) <= 1000, "it names too many")
    elif name == "GET_TRANSACTIONS":
        reader.hashes(1000)
    elif name == "TRANSACTIONS":
        for _ in range(reader.count(1000)):
            Transaction(reader.prefixed())
    elif name == "PEERS":
        for _ in range(reader.count(256)):
            reader.text(256)
    elif name in ("PING", "PONG"):
        reader.number(8)
    reader.end()
    return name


def vectors(path):
    with open(path, encoding="utf-8") as document:
        text = document.read()
    for name, body in re.findall(r"^```vector (.+)\n((?:.*\n)*?)```$", text, re.MULTILINE):
        fields = re.findall(r"^(\S[^=]*) =(.*(?:\n  .*)*)", body, re.MULTILINE)
        yield name, {field: re.sub(r"\n *", "", value).strip() for field, value in fields}


def check_vector(name, fields, chain, found):
    data = bytes.fromhex(fields.get("bytes", ""))
    word = name.split()[0]
    if word == "key":
        key = public_of(bytes.fromhex(fields["seed"]))
        require(fields["seed"] == hashlib.sha256(f"blockchain test vector {name[4:]}".encode()).hexdigest(), "seed")
        require(key.hex() == fields["public"] and address_text(address_of(key)) == fields["address"], "key or address")
    elif word == "header":
        header = Header(data)
        require(header.has_work() and printed(header.hash) == fields["hash"], "hash")
        require(f"{target_of(header.bits):064x}" == fields["target"], "target")
        require(f"{work_of(header.bits):064x}" == fields["work"], "work")
    elif word == "genesis":
        block = Block(data)
        require(printed(block.header.hash) == fields["hash"], "hash")
    elif word in ("transaction", "payment"):
        transaction = Transaction(data)
        require(printed(transaction.id) == fields["id"], "id")
        if "signed bytes" in fields:
            require(transaction.signed_bytes(chain.network).hex() == fields["signed bytes"], "signed bytes")
            return transaction.check_signatures(chain.network)
    elif word == "block":
        block = Block(data)
        require(printed(block.header.hash) == fields["hash"] and fields["bytes"].startswith(fields["header"]), "hash")
        require(str(block.header.nonce) == fields["nonce"], "nonce")
        chain.add(block)
    elif word == "proof":
        block, index = Block(bytes.fromhex(found["block 1"]["bytes"])), int(fields["index"])
        siblings = [bytes.fromhex(each) for each in re.findall("." * 64, fields["siblings"])]
        check_proof(block.transactions[index].id, index, siblings, block.header.root)
    elif word == "message":
        require(read_message(data) == name[8:], "kind")
    elif word == "frames":
        frames = {field: bytes.fromhex(value) for field, value in fields.items()}
        require(all(int.from_bytes(frame[:2], "big") == len(frame) - 2 for frame in frames.values()), "length")
        request = json.loads(frames["request"][2:])
        signature = bytes.fromhex(request.pop("signature"))
        signed = json.dumps(request, sort_keys=True).encode()
        require(verifies(bytes.fromhex(request["sender"]), signed, signature), "signature")
        require(json.loads(frames["yes"][2:]) == {"response": True}, "yes")
        require(json.loads(frames["no"][2:]) == {"response": False}, "no")
        return 1
    else:
        raise Fault("nobody knows what it is")
    return 0


def verify_vectors(path):
    found, chain, signatures = dict(vectors(path)), Chain(), 0
    require(found["genesis main"]["bytes"] == genesis("main", OPEN).hex(), "genesis main: it is another one")
    for name, fields in found.items():
        try:
            signatures += check_vector(name, fields, chain, found)
        except (Fault, ValueError, KeyError, IndexError) as fault:
            raise Fault(f"{name}: {fault}") from None
    real = {height: Header(bytes.fromhex(found[f"header {height}"]["bytes"])) for height in (30240, 32255, 32256)}
    numbers = dict(window=2016, spacing=600, adjustment=4, limit=0x1D00FFFF)
    require(retarget(real[32255].bits, real[30240].time, real[32255].time, numbers) == real[32256].bits,
            "header 32256: its target does not follow")
    return f"{len(found)} vectors hold, {signatures} signatures, tip {printed(chain.headers[-1].hash)}"


def verify_hex(path, name):
    chain = Chain(name)
    with open(path, encoding="ascii") as lines:
        for height, line in enumerate(lines, 1):
            try:
                chain.add(Block(bytes.fromhex(line.strip())))
            except (Fault, ValueError) as fault:
                raise Fault(f"block {height}: {fault}") from None
    money = sum(amount for _, amount, _, _ in chain.unspent.values())
    return (f"{len(chain.headers)} blocks hold, {chain.signed} signatures, {money / 10**8:.8f} coins, "
            f"tip {printed(chain.headers[-1].hash)}")


def main(arguments):
    try:
        if arguments[:1] == ["--vectors"] and len(arguments) == 2:
            print(verify_vectors(arguments[1]))
        elif arguments[:1] == ["--hex"] and len(arguments) in (2, 3):
            print(verify_hex(arguments[1], (arguments + ["main"])[2]))
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except Fault as fault:
        print(f"FAILED {fault}")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
