/*
 * Mutual exclusion inside one view: LamportMutex, and the way in which ClientProcess drives it, for three members
 * over links that deliver once and in order (link.pml). What is taken away with -D is told in README.md.
 *
 * Every run ends: each member asks ROUNDS times, and nothing is sent but in consequence of that. So "every request is
 * served" is a question about the last states only, and no fairness is needed to ask it.
 */
#define N 3
#ifndef ROUNDS
#define ROUNDS 1
#endif

mtype = { REQUEST, REPLY, RELEASE };

/* A message: kind, the sender's clock, the clock of the token it is about. */
chan link[N * N] = [4] of { mtype, byte, byte };
#define LINK(from, to) link[(from) * N + (to)]

#define TOKEN(clock, member) ((clock) * 4 + (member) + 1)

byte inside;     /* members between Enter and the bank's order */
byte head;       /* the token that the bank has ordered last */
byte served;     /* requests that have had their turn */
bool spent;      /* the one fault of a mutant has happened */

/* What must hold, by name: the name is what the checker prints. */
hidden byte exclusion, rising, one_open_request, every_request_served, window_suffices,
    clock_fits;
#define MUST(name, condition) name = (condition); assert(name)

inline send(to, kind, about) {
    MUST(window_suffices, nfull(LINK(me, to)));
    if
    :: LINK(me, to)!kind, clock, about
#ifdef LOSE
    :: kind == LOSE && !spent -> spent = true
#endif
    fi
}

inline broadcast(kind, about) {
    if :: me != 0 -> send(0, kind, about) :: else fi;
    if :: me != 1 -> send(1, kind, about) :: else fi;
    if :: me != 2 -> send(2, kind, about) :: else fi
}

#ifdef NOMAX
#define LISTENS true
inline forget() { skip }
#else
#define LISTENS (own != 0)
inline forget() { heard[0] = 0; heard[1] = 0; heard[2] = 0 }
#endif

/*
 * LamportMutex.Hear: the clock moves behind the message, and the sender has been heard from. What is heard while no own
 * request is open is earlier than any request to come, so it need not be kept; that leaves fewer states.
 */
inline hear(from) {
#ifdef NOMAX
    clock++;
#else
    if :: stamp > clock -> clock = stamp + 1 :: else -> clock++ fi;
#endif
    MUST(clock_fits, clock < 31);
    if :: LISTENS && stamp > heard[from] -> heard[from] = stamp :: else fi
}

inline on_request(from) {
    hear(from);
#if !defined(NOFIFO) && !defined(AMNESIA) && !defined(TWICE)
    MUST(one_open_request, queue[from] == 0);
#endif
    queue[from] = queue[from] | (1 << about);
#ifdef TWICE
    if
    :: !spent && nfull(LINK(from, me)) -> spent = true; LINK(from, me)!REQUEST, stamp, about
    :: true
    fi;
#endif
    /* LamportMutex.OnRequest: a member with an open request of its own owes no reply. */
    if
#ifndef ALWAYSREPLY
    :: own != 0
#endif
    :: else -> send(from, REPLY, about)
    fi;
    stamp = 0; about = 0
}

inline on_release(from) {
#ifdef DEAFRELEASE
    clock++;
#else
    hear(from);
#endif
    queue[from] = queue[from] & ~(1 << about);
    stamp = 0; about = 0
}

/* Rule 5 for one other member: nothing of it stands before the own token, and it has been heard from later. */
#ifdef NOTIE
#define BEFORE_OWN(other) ((1 << own) - 1)
#define HEARD_LATER(other) (heard[other] >= own)
#else
#define BEFORE_OWN(other) ((1 << (own + (other < me -> 1 : 0))) - 1)
#define HEARD_LATER(other) (TOKEN(heard[other], other) > TOKEN(own, me))
#endif
#ifdef NOQUEUE
#define LEAST(other) true
#else
#define LEAST(other) ((queue[other] & BEFORE_OWN(other)) == 0)
#endif
#ifdef NOHEARD
#define MAY_PASS(other) ((other) == me || LEAST(other))
#else
#define MAY_PASS(other) ((other) == me || (LEAST(other) && HEARD_LATER(other)))
#endif

/* With NOFIFO the first message of a kind may overtake those of the other kinds. */
#ifdef NOFIFO
#define RECEIVE(from, kind) LINK(from, me)??kind, stamp, about
#else
#define RECEIVE(from, kind) LINK(from, me)?kind, stamp, about
#endif
#define FROM(other) \
    :: atomic { RECEIVE(other, REQUEST) -> on_request(other) } \
    :: atomic { RECEIVE(other, REPLY) -> hear(other); stamp = 0; about = 0 } \
    :: atomic { RECEIVE(other, RELEASE) -> on_release(other) }

/* LamportMutex.Settle: entries up to the settled head have had their turn; the own one stays. */
#define UP_TO_HEAD(other) ((1 << (settled / 4 + (settled % 4 >= other + 1 -> 1 : 0))) - 1)
inline settle() {
    settled = head;
    if :: me != 0 -> queue[0] = queue[0] & ~UP_TO_HEAD(0) :: else fi;
    if :: me != 1 -> queue[1] = queue[1] & ~UP_TO_HEAD(1) :: else fi;
    if :: me != 2 -> queue[2] = queue[2] & ~UP_TO_HEAD(2) :: else fi;
    if :: settled / 4 > clock -> clock = settled / 4 :: else fi
}

proctype Member(byte me) {
    byte clock, own, rounds, settled, stamp, about;
    bool entered, ordered;
    byte heard[N];
    int queue[N];

end:
    do
    :: atomic { own == 0 && rounds < ROUNDS ->
        clock++; own = clock; broadcast(REQUEST, own) }

    :: atomic { own != 0 && !entered && MAY_PASS(0) && MAY_PASS(1) && MAY_PASS(2) ->
        entered = true; inside++; MUST(exclusion, inside == 1) }

    /* The bank orders what it is asked. Inside a view its fence must have nothing to refuse. */
    :: atomic { entered && !ordered ->
#ifdef FENCED
        if :: TOKEN(own, me) > head -> head = TOKEN(own, me) :: else fi;
#else
        MUST(rising, TOKEN(own, me) > head); head = TOKEN(own, me);
#endif
        inside--; ordered = true }

    :: atomic { ordered ->
        broadcast(RELEASE, own); own = 0; forget(); entered = false; ordered = false; rounds++; served++ }

#ifdef SETTLE
    :: atomic { me == SETTLE && settled < head -> settle() }
#endif
#ifdef AMNESIA
    /* Killed and back in the same view: what was asked of the bank is under way, all else is forgotten. */
    :: atomic { me == AMNESIA && !spent && !entered && clock != 0 -> spent = true;
        clock = settled / 4; own = 0; heard[0] = 0; heard[1] = 0; heard[2] = 0;
        queue[0] = 0; queue[1] = 0; queue[2] = 0 }
#endif
    FROM(0)
    FROM(1)
    FROM(2)
    od
}

init {
    atomic { run Member(0); run Member(1); run Member(2) };
end:
    timeout -> MUST(every_request_served, served == N * ROUNDS)
}
