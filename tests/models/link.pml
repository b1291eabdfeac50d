/*
 * One direction of a link: PeerLink at both ends, and a network that loses, repeats and reorders. What it delivers is
 * what lamport.pml and bank.pml take for granted. What is taken away with -D is told in README.md.
 *
 * The network is a set of frames. Frames are told apart by their number, acknowledgements by what they acknowledge.
 * Faults are bounded, so that there is rest at last; what must hold then is asked when nothing can move.
 */
#define MESSAGES 4
#ifndef FAULTS
#define FAULTS 3
#endif
#define ENOUGH ((FAULTS + 1) * MESSAGES)

byte sent, acknowledged;        /* the sender's numbers */
byte received;                  /* the receiver's number */
byte early;                     /* bit n: frame n waits for the ones before it */
bool owes_ack;
byte frames, acks;              /* under way: bit n for frame n, and for an acknowledgement up to n */
byte faults;                    /* frames and acknowledgements lost or repeated */
byte again;                     /* frames sent again */
byte delivered;                 /* messages handed on */

hidden byte once_and_in_order, all_delivered, all_acknowledged;
#define MUST(name, condition) name = (condition); assert(name)
#define BIT(set, n) (((set) >> (n)) & 1)

/* Message n is handed on: it must be the next one. */
inline deliver(n) {
    MUST(once_and_in_order, n == delivered + 1);
    delivered++
}

inline receive(n) {
#ifdef NOREACK
    owes_ack = (n > received);
#else
    owes_ack = true;
#endif
    if
#ifdef NODROP
    :: n <= received -> deliver(n)
#else
    :: n <= received
#endif
    :: n == received + 1 ->
        received++; deliver(n);
        do
        :: BIT(early, received + 1) -> received++; early = early & ~(1 << received); deliver(received)
        :: else -> break
        od
#ifdef NOFIFO
    :: n > received + 1 && !BIT(early, n) -> early = early | (1 << n); deliver(n)
#elif defined(NOHOLD)
    :: n > received + 1
#else
    :: n > received + 1 -> early = early | (1 << n)
#endif
    :: else
    fi
}

/* The timer is longer than the way there and back; what comes again before is a repetition by the network. */
#ifdef NORESEND
#define MAY_SEND_AGAIN false
#else
#define MAY_SEND_AGAIN (acknowledged < sent && frames == 0 && acks == 0 && !owes_ack && again < ENOUGH)
#endif

/* Whatever is under way arrives, in any order; or it arrives and is still under way; or it is lost. */
#define ARRIVES(n) \
    :: atomic { BIT(frames, n) -> frames = frames & ~(1 << (n)); receive(n) } \
    :: atomic { BIT(frames, n) && faults < FAULTS -> faults++; receive(n) } \
    :: atomic { BIT(frames, n) && faults < FAULTS -> faults++; frames = frames & ~(1 << (n)) }
#define ACK_ARRIVES(n) \
    :: atomic { BIT(acks, n) -> acks = acks & ~(1 << (n)); acknowledge(n) } \
    :: atomic { BIT(acks, n) && faults < FAULTS -> faults++; acknowledge(n) } \
    :: atomic { BIT(acks, n) && faults < FAULTS -> faults++; acks = acks & ~(1 << (n)) }

inline acknowledge(n) {
    if :: n > acknowledged -> acknowledged = n :: else fi
}

active proctype Sender() {
end:
    do
    :: atomic { sent < MESSAGES -> sent++; frames = frames | (1 << sent) }
    :: atomic { MAY_SEND_AGAIN -> again++; frames = frames | (1 << (acknowledged + 1)) }
    ACK_ARRIVES(1) ACK_ARRIVES(2) ACK_ARRIVES(3) ACK_ARRIVES(4)
    od
}

active proctype Receiver() {
end:
    do
    ARRIVES(1) ARRIVES(2) ARRIVES(3) ARRIVES(4)
    :: atomic { owes_ack -> owes_ack = false; if :: received > 0 -> acks = acks | (1 << received) :: else fi }
#ifdef AMNESIA
    /* Killed and back, and the link goes on from nothing instead of dying with the view. */
    :: atomic { faults < FAULTS && received > 0 -> faults = FAULTS; received = 0; early = 0; owes_ack = false }
#endif
    od
}

init {
end:
    timeout -> MUST(all_delivered, delivered == MESSAGES); MUST(all_acknowledged, acknowledged == MESSAGES)
}
