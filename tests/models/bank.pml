/*
 * The ledger across views: BankProcess, BankLedger, ClientProcess and LedgerChain for two clients who pay each other.
 * The bank answers before its disk has the row (early release), dies and comes back with what the disk has, evicts
 * whom it likes, and takes clients back. Clients pause, are killed, and come back. What is modelled, what is not, and
 * what each -D takes away is told in README.md.
 *
 * The network between client and bank is a set: what was sent stays in it and may arrive at any time, again, or never.
 * Links between clients deliver once and in order, within one view (link.pml). A client that pauses takes no step.
 *
 * Every run ends: requests are for a fixed number of transfers, and the bank makes VIEWS views at most.
 */
#ifndef VIEWS
#define VIEWS 3
#endif
#ifndef TRANSFERS
#define TRANSFERS 2
#endif
#define ROWS 10
#define NEVER 9                 /* no view: the bank has not processed the join of this life */

/*
 * Clients are 0 and 1 here, 1 and 2 in tokens and rows. Transfer t belongs to client t % 2; client 0 pays 1, client 1
 * pays 2, and each starts with 1: client 1 can pay only after client 0 has, so the order shows in the outcomes.
 */
#define OWNER(paid) ((paid) % 2)
#define AMOUNT(paid) (1 + (paid) % 2)
#define DEPOSIT 1

/* A token is a number that orders as (clock, client) does; a row begins with its token, so rows order likewise. */
#define TOKEN(clock, who) ((clock) * 4 + (who))
#define CLOCK(token) ((token) / 4)
#define ROW(token, what, detail, view) ((token) * 64 + (what) * 16 + (detail) * 4 + (view))
#define KEY(row) ((row) / 64)
#define WHAT(row) (((row) / 16) % 4)    /* of a payment its transfer + 1, of a view 0 */
#define DETAIL(row) (((row) / 4) % 4)   /* of a payment 1 for SUCCESS, 0 for ABORT; of a view its members */
#define VIEWOF(row) ((row) % 4)

mtype = { REQUEST, REPLY, RELEASE };
mtype = { WAITING, CARRIED, DONE };

/* ---- the bank ---- */
short ledger[ROWS];             /* everything ordered */
byte length, durable;           /* rows in memory, rows on disk */
byte epoch;
byte members[VIEWS + 1];        /* of each view: bit i for client i */
byte row_of[VIEWS + 1];         /* of each view: the index of its row */
byte balance[2];
byte views_left;

/* ---- between client and bank ---- */
/*
 * What was asked for a transfer in a view, by its token: it stays in the network, so it comes late, again, or never.
 * It is wiped once it can change nothing any more, only to have fewer states.
 */
byte asked[(VIEWS + 1) * TRANSFERS];
#define ASKED(v, which) asked[(v) * TRANSFERS + (which)]
byte receipt[2];                        /* answer under way: the token under which the transfer stands, 0 for none */
short receipt_row[2];
bool stale[2];                          /* refusal under way */

/* ---- between clients: one link each way in each view ---- */
#ifdef NOREJOIN
#define WINDOW 6
#else
#define WINDOW 4
#endif
chan link[2 * (VIEWS + 1)] = [WINDOW] of { mtype, byte, short };     /* the sender's clock; token, or row */
#define LINK(view, from) link[(view) * 2 + (from)]

/* ---- the clients ---- */
byte view[2];                   /* the latest view known */
bool takes_part[2];             /* ... and installed, with the client in it */
bool joining[2];
byte joined[2];                 /* the first view that this life may install (rule 11) */
byte clock[2], own[2], carried[2], other[2], heard[2];
bool entered[2];
mtype state[TRANSFERS];
short chain[2 * ROWS];          /* settled rows, then provisional ones, sorted */
byte count[2], settled[2];
#define CHAIN(i, place) chain[(i) * ROWS + (place)]

/* What must hold, by name: the name is what the checker prints. */
hidden byte exclusion, rising, fence_rests, applied_once, agreement, conserved, replay, finished, fits,
    unreached;
#define MUST(name, condition) name = (condition); assert(name)

/* With -DREACH=n the checker looks for a run in which the n-th of these happens, to show that it does. */
#ifdef REACH
#define HAPPENS(n, condition) MUST(unreached, REACH != n || !(condition))
#else
#define HAPPENS(n, condition) skip
#endif

/* Scratch variables of steps that nothing interrupts. */
hidden byte place, payer, found, same, paid, spot;
hidden short row;
hidden byte money[2];

#define IN_VIEW(i, v) ((members[v] >> (i)) & 1)
#define PEER(i) (1 - (i))

/* Between Enter and the bank's order, in the view that the bank is in. */
#define INSIDE(i) (takes_part[i] && view[i] == epoch && entered[i] && !KNOWN(carried[i]))
#define KNOWN(paid) (WHAT(ledger[0]) == (paid) + 1 || WHAT(ledger[1]) == (paid) + 1 || WHAT(ledger[2]) == (paid) + 1 \
    || WHAT(ledger[3]) == (paid) + 1 || WHAT(ledger[4]) == (paid) + 1 || WHAT(ledger[5]) == (paid) + 1 \
    || WHAT(ledger[6]) == (paid) + 1 || WHAT(ledger[7]) == (paid) + 1 || WHAT(ledger[8]) == (paid) + 1)

/* ---- what is checked after every change of the ledger or of what is settled ---- */

inline check_ledger() {
    money[0] = DEPOSIT; money[1] = DEPOSIT; found = 0;
    place = 0;
    do
    :: place < length ->
        row = ledger[place];
        if
        :: WHAT(row) == 0
        :: else ->
            paid = WHAT(row) - 1;
            MUST(applied_once, ((found >> paid) & 1) == 0);
            found = found | (1 << paid);
            payer = OWNER(paid);
            MUST(replay, DETAIL(row) == (money[payer] >= AMOUNT(paid) -> 1 : 0));
            if
            :: DETAIL(row) ->
                money[payer] = money[payer] - AMOUNT(paid);
                money[1 - payer] = money[1 - payer] + AMOUNT(paid)
            :: else
            fi
        fi;
        MUST(rising, place == 0 || KEY(row) > KEY(ledger[place - 1]));
        place++
    :: else -> break
    od;
    MUST(replay, money[0] == balance[0] && money[1] == balance[1]);
    MUST(conserved, balance[0] + balance[1] == 2 * DEPOSIT)
}

inline check_agreement() {
    place = 0;
    do
    :: place < settled[0] && place < settled[1] -> MUST(agreement, CHAIN(0, place) == CHAIN(1, place)); place++
    :: else -> break
    od;
    place = 0;
    do
    :: place < durable -> MUST(agreement, (place >= settled[0] || CHAIN(0, place) == ledger[place])
        && (place >= settled[1] || CHAIN(1, place) == ledger[place])); place++
    :: else -> break
    od;
    place = 0
}

/* ---- the chain of client i ---- */

/* LedgerChain.Insert: at its sorted place, above what is settled, once. */
inline insert(i, new) {
    if
    :: KEY(new) > KEY(CHAIN(i, settled[i] - 1)) ->
        spot = settled[i];
        do
        :: spot < count[i] && KEY(CHAIN(i, spot)) < KEY(new) -> spot++
        :: else -> break
        od;
        if
        :: spot < count[i] && KEY(CHAIN(i, spot)) == KEY(new)
        :: else ->
            MUST(fits, count[i] < ROWS);
            place = count[i];
            do
            :: place > spot -> CHAIN(i, place) = CHAIN(i, place - 1); place--
            :: else -> break
            od;
            CHAIN(i, spot) = new;
            count[i]++
        fi
    :: else
    fi
}

/* Keeps the provisional rows that pass the test. */
inline keep(i, test) {
    spot = settled[i]; place = settled[i];
    do
    :: place < count[i] ->
        row = CHAIN(i, place);
        if :: test -> CHAIN(i, spot) = row; spot++ :: else fi;
        place++
    :: else -> break
    od;
    do
    :: count[i] > spot -> count[i]--; CHAIN(i, count[i]) = 0
    :: else -> break
    od
}

/* Rows up to here are on the bank's disk, and here with the same hash. */
inline settle(i, upto) {
    settled[i] = upto;
    place = 0;
    do
    :: place < settled[i] ->
        paid = WHAT(CHAIN(i, place));
        if :: paid != 0 && OWNER(paid - 1) == i -> state[paid - 1] = DONE :: else fi;
        place++
    :: else -> break
    od;
    row = CHAIN(i, settled[i] - 1);
    if :: CLOCK(KEY(row)) > clock[i] -> clock[i] = CLOCK(KEY(row)) :: else fi;
    if :: other[i] <= KEY(row) -> other[i] = 0 :: else fi;          /* the implied release */
    check_agreement()
}

/* Does the chain of i have the bank's first rows, so that its hash there is the bank's? */
inline compare(i, upto) {
    same = (count[i] >= upto); place = settled[i];
    do
    :: same && place < upto -> same = (CHAIN(i, place) == ledger[place]); place++
    :: else -> break
    od
}

/* LedgerChain.Replace: the bank's durable rows in place of whatever is provisional among them. */
inline fetch(i) {
    keep(i, KEY(row) > KEY(ledger[durable - 1]));
    spot = durable - settled[i];          /* rows that come in */
    place = count[i];
    MUST(fits, count[i] + spot <= ROWS);
    do
    :: place > settled[i] -> place--; CHAIN(i, place + spot) = CHAIN(i, place)
    :: else -> break
    od;
    count[i] = count[i] + spot;
    place = settled[i];
    do
    :: place < durable -> CHAIN(i, place) = ledger[place]; place++
    :: else -> break
    od
}

/* ---- views at client i ---- */

/* ClientProcess.StopTakingPart: nothing of the old view counts. */
inline stop_taking_part(i) {
#ifndef NOEPOCH
    if :: entered[i] && view[i] != epoch -> ASKED(view[i], carried[i]) = 0 :: else fi;
#endif
    own[i] = 0; carried[i] = 0; other[i] = 0; heard[i] = 0; entered[i] = false;
    receipt[i] = 0; receipt_row[i] = 0; stale[i] = false; takes_part[i] = false;
    place = 0;
    do
    :: place < TRANSFERS ->
        if :: OWNER(place) == i && state[place] == CARRIED -> state[place] = WAITING :: else fi;
        place++
    :: else -> break
    od
}

/* Frames of views that the receiver has left are refused: they may as well vanish. */
inline drop_links(i, upto) {
    place = 1;
    do
    :: place < upto ->
        do
        :: LINK(place, PEER(i))?_, _, _
        :: empty(LINK(place, PEER(i))) -> break
        od;
        place++
    :: else -> break
    od
}

inline install(i, v) {
    stop_taking_part(i);
    drop_links(i, v);
    view[i] = v; takes_part[i] = true; joining[i] = false; joined[i] = 0;
    if :: CLOCK(KEY(ledger[row_of[v]])) > clock[i] -> clock[i] = CLOCK(KEY(ledger[row_of[v]])) :: else fi;
#ifndef KEEPTAIL
    keep(i, VIEWOF(row) >= v)
#endif
}

#define ANNOUNCED(v) ((v) <= epoch && row_of[v] < durable)
#ifdef NOCATCHUP
#define CAUGHT_UP(i, v) true
#else
#define CAUGHT_UP(i, v) (settled[i] > row_of[v])
#endif
#ifdef NOREJOIN
#define MAY_INSTALL(i, v) ((v) > view[i] || (joining[i] && (v) >= view[i]))
#else
#define MAY_INSTALL(i, v) (joining[i] -> (v) >= joined[i] : (v) > view[i])
#endif

inline learn_view(i, v) {
    if
    :: IN_VIEW(i, v) -> install(i, v)
    :: else ->                      /* ClientProcess.OnEvicted: join again */
        stop_taking_part(i); drop_links(i, v + 1);
        view[i] = v; joining[i] = true; joined[i] = NEVER
    fi
}
#define CAN_LEARN(i, v) (ANNOUNCED(v) && MAY_INSTALL(i, v) && (CAUGHT_UP(i, v) || !IN_VIEW(i, v)))

/* ---- mutual exclusion at client i: LamportMutex for two ---- */

#define HAS_PEER(i) IN_VIEW(PEER(i), view[i])

/* A receiver that has left the view refuses the frame, so it need not be sent. */
inline say(i, kind, about) {
    if
    :: HAS_PEER(i) && view[PEER(i)] <= view[i] ->
        MUST(fits, nfull(LINK(view[i], i)));
        LINK(view[i], i)!kind, clock[i], about
    :: else
    fi
}

/* What is heard while no own request is open is earlier than any request to come, so it need not be kept. */
inline hear(i) {
    if :: stamp > clock[i] -> clock[i] = stamp + 1 :: else -> clock[i]++ fi;
    if :: own[i] != 0 && stamp > heard[i] -> heard[i] = stamp :: else fi
}

inline release(i, about) {
    say(i, RELEASE, about);
#ifndef NODEDUP
    if :: KNOWN(carried[i]) -> ASKED(view[i], carried[i]) = 0 :: else fi;
#endif
    own[i] = 0; carried[i] = 0; heard[i] = 0; entered[i] = false;
    receipt[i] = 0; receipt_row[i] = 0; stale[i] = false
}

#define GRANTED(i) (!HAS_PEER(i) || (TOKEN(heard[i], PEER(i) + 1) > own[i] && (other[i] == 0 || own[i] < other[i])))

inline request(i, which) {
    clock[i]++; own[i] = TOKEN(clock[i], i + 1); carried[i] = which; state[which] = CARRIED;
    say(i, REQUEST, own[i])
}

/* As each start takes a view, there are no more starts than views; without that there is one for both. */
#ifdef NOREJOIN
bool killed;
#define MAY_DIE (views_left > 0 && !killed)
#else
#define MAY_DIE (views_left > 0)
#endif

inline restart(i) {
#ifdef NOREJOIN
    killed = true;
#endif
    stop_taking_part(i);
    keep(i, false);
    clock[i] = CLOCK(KEY(CHAIN(i, settled[i] - 1)));
    joining[i] = true; joined[i] = NEVER
}

proctype Client(byte me) {
    byte stamp, v;
    short about;

end:
    do
    :: d_step { takes_part[me] && own[me] == 0 && state[me] == WAITING -> request(me, me) }
#if TRANSFERS > 2
    :: d_step { me == 0 && takes_part[0] && own[0] == 0 && state[0] != WAITING && state[2] == WAITING -> request(0, 2) }
#endif

    :: d_step { takes_part[me] && nempty(LINK(view[me], PEER(me))) ->
        LINK(view[me], PEER(me))?v, stamp, about;
        hear(me);
        if
        :: v == REQUEST ->
            other[me] = about;
            if :: own[me] == 0 -> say(me, REPLY, about) :: else fi
        :: v == REPLY
        :: v == RELEASE ->
            other[me] = 0;
            if :: about != 0 -> insert(me, about) :: else fi
        fi;
        v = 0; stamp = 0; about = 0 }

    :: d_step { takes_part[me] && own[me] != 0 && !entered[me] && GRANTED(me) ->
        entered[me] = true;
        ASKED(view[me], carried[me]) = own[me];
        MUST(exclusion, !(INSIDE(0) && INSIDE(1))) }

    /* The receipt: under this token, or, by an earlier view, under another. */
    :: d_step { entered[me] && receipt[me] != 0 ->
        if
        :: receipt[me] == own[me] ->
            row = receipt_row[me];
            insert(me, row);
#ifdef SETTLEORDERED
            compare(me, count[me]);
            if :: same -> settle(me, count[me]) :: else fi;
#endif
            release(me, receipt_row[me])
        :: else -> HAPPENS(5, true); release(me, 0)
        fi }

    /* Refused as stale: the same transfer with a new token. */
    :: d_step { entered[me] && stale[me] ->
        state[carried[me]] = WAITING; release(me, 0) }

    /* DURABLE, and the chain has the same hash there; or the rows are fetched. */
    :: d_step { settled[me] < durable -> compare(me, durable);
        HAPPENS(4, !same && count[me] > settled[me] && count[me] >= durable);
        if :: same :: else -> fetch(me) fi;
        settle(me, durable) }

    :: d_step { CAN_LEARN(me, 2) -> learn_view(me, 2); place = 0 }
#if VIEWS > 2
    :: d_step { CAN_LEARN(me, 3) -> learn_view(me, 3); place = 0 }
#endif

    /* Killed, and started again: what is on disk is the transfers and the settled chain, perhaps without its end. */
    :: d_step { MAY_DIE && !joining[me] -> restart(me) }
    :: d_step { MAY_DIE && !joining[me] && settled[me] > 1 ->
        paid = WHAT(CHAIN(me, settled[me] - 1));
        if :: paid != 0 && OWNER(paid - 1) == me -> state[paid - 1] = WAITING :: else fi;
        settled[me]--;
        restart(me) }
    od
}

/* ---- the bank ---- */

#define WAITS(v, which) (entered[OWNER(which)] && view[OWNER(which)] == v && own[OWNER(which)] == ASKED(v, which) \
    && !stale[OWNER(which)])
#define UNANSWERED(which) (receipt[OWNER(which)] == 0)

#ifdef NOEPOCH
#define RIGHT_VIEW(v, which) true
#else
#define RIGHT_VIEW(v, which) ((v) == epoch && IN_VIEW(OWNER(which), v))
#endif
#ifdef NODEDUP
#define RECORDED(which) false
#else
#define RECORDED(which) KNOWN(which)
#endif
#ifdef NOFENCE
#define TOO_LATE(v, which) false
#else
#define TOO_LATE(v, which) (ASKED(v, which) <= KEY(ledger[length - 1]))
#endif
#ifdef DEAF
#define HEARS_STALE false
#else
#define HEARS_STALE true
#endif

/* The three answers of BankLedger.Apply that change something, in its order. */
#define RECORD(v, which) d_step { WAITS(v, which) && UNANSWERED(which) && RECORDED(which) -> recorded(which) }
#define REFUSE(v, which) d_step { HEARS_STALE && WAITS(v, which) && !RECORDED(which) && RIGHT_VIEW(v, which) \
    && TOO_LATE(v, which) -> MUST(fence_rests, KNOWN(which)); stale[OWNER(which)] = true }
#define APPLY(v, which) d_step { ASKED(v, which) != 0 && !RECORDED(which) && RIGHT_VIEW(v, which) \
    && !TOO_LATE(v, which) -> apply(v, which) }

inline recorded(which) {
    place = 0;
    do
    :: WHAT(ledger[place]) == which + 1 -> break
    :: else -> place++
    od;
    receipt[OWNER(which)] = KEY(ledger[place]); receipt_row[OWNER(which)] = ledger[place]
}

inline apply(v, which) {
    payer = OWNER(which);
    MUST(exclusion, !INSIDE(1 - payer));
    MUST(fits, length < ROWS - 1);
    same = (balance[payer] >= AMOUNT(which));
    ledger[length] = ROW(ASKED(v, which), which + 1, same, v);
    if
    :: same -> balance[payer] = balance[payer] - AMOUNT(which); balance[1 - payer] = balance[1 - payer] + AMOUNT(which)
    :: else
    fi;
    if
    :: WAITS(v, which) -> receipt[payer] = ASKED(v, which); receipt_row[payer] = ledger[length]
    :: else
    fi;
    length++;
    HAPPENS(1, !same);
    check_ledger()
}

/* A crash: what the disk does not have is gone, and all the rest is replayed from it. */
inline lose_memory() {
    HAPPENS(2, count[0] > durable && KEY(CHAIN(0, durable)) == KEY(ledger[durable]) && WHAT(ledger[durable]) == 1);
    do
    :: length > durable -> length--; ledger[length] = 0
    :: else -> break
    od;
    balance[0] = DEPOSIT; balance[1] = DEPOSIT; place = 0; epoch = 0;
    do
    :: place < length ->
        row = ledger[place];
        if
        :: WHAT(row) == 0 -> epoch++
        :: WHAT(row) != 0 && DETAIL(row) == 1 ->
            paid = WHAT(row) - 1; payer = OWNER(paid);
            balance[payer] = balance[payer] - AMOUNT(paid); balance[1 - payer] = balance[1 - payer] + AMOUNT(paid)
        :: else
        fi;
        place++
    :: else -> break
    od;
    place = epoch + 1;
    do
    :: place <= VIEWS -> members[place] = 0; row_of[place] = 0; place++
    :: else -> break
    od;
    if :: joining[0] && joined[0] > epoch -> joined[0] = NEVER :: else fi;
    if :: joining[1] && joined[1] > epoch -> joined[1] = NEVER :: else fi
}

/* BankLedger.ChangeView. */
inline make_view(who, joins) {
    views_left--;
    row = ROW(TOKEN(CLOCK(KEY(ledger[length - 1])) + 1, 0), 0, who, epoch + 1);
    ledger[length] = row;
    epoch++;
    row_of[epoch] = length; members[epoch] = who;
    length++;
#ifndef NOEPOCH
    place = 0;
    do
    :: place < TRANSFERS ->
        if :: !WAITS(epoch - 1, place) || !UNANSWERED(place) -> ASKED(epoch - 1, place) = 0 :: else fi;
        place++
    :: else -> break
    od;
#endif
    if :: joins & 1 -> joined[0] = epoch :: else fi;
    if :: joins & 2 -> joined[1] = epoch :: else fi;
    check_ledger()
}

/* Members stay or are evicted, and of those who want to join some are heard; at least something has changed. */
#define WANTS(i) (joining[i] && joined[i] == NEVER)
#define WANT (WANTS(0) + 2 * WANTS(1))
#define POSSIBLE(who, joins) (((joins) & ~WANT) == 0 && ((who) & ~(joins) & ~members[epoch]) == 0)
#define CHOICE(who, joins) \
    :: POSSIBLE(who, joins) && (restarts || (joins) != 0 || (who) != members[epoch]) -> next = who; come = joins

proctype Bank() {
    byte next, come;
    bool restarts;

end:
    do
    :: RECORD(1, 0) :: RECORD(1, 1)
    :: REFUSE(1, 0) :: REFUSE(1, 1)
    :: APPLY(1, 0) :: APPLY(1, 1)
    :: RECORD(2, 0) :: RECORD(2, 1)
    :: REFUSE(2, 0) :: REFUSE(2, 1)
    :: APPLY(2, 0) :: APPLY(2, 1)
#if VIEWS > 2
    :: RECORD(3, 0) :: RECORD(3, 1)
    :: REFUSE(3, 0) :: REFUSE(3, 1)
    :: APPLY(3, 0) :: APPLY(3, 1)
#endif
#if TRANSFERS > 2
    :: RECORD(1, 2) :: RECORD(2, 2)
    :: REFUSE(1, 2) :: REFUSE(2, 2)
    :: APPLY(1, 2) :: APPLY(2, 2)
#if VIEWS > 2
    :: RECORD(3, 2) :: REFUSE(3, 2) :: APPLY(3, 2)
#endif
#endif

#ifdef REACH
    :: d_step { epoch > 1 && entered[0] && view[0] < epoch && ASKED(view[0], 0) != 0 && !KNOWN(0) ->
        HAPPENS(3, true) }
#endif
    :: d_step { durable < length -> durable++; check_agreement() }

    /* A view: of its own accord, when the last one is on disk; or because the bank was killed and is back. */
    :: atomic { views_left > 0 ->
        if
        :: d_step { row_of[epoch] < durable -> restarts = false }
        :: d_step { true -> lose_memory(); restarts = true }
        fi;
        if
        CHOICE(1, 0) CHOICE(1, 1) CHOICE(2, 0) CHOICE(2, 2)
        CHOICE(3, 0) CHOICE(3, 1) CHOICE(3, 2) CHOICE(3, 3)
        :: else -> next = 0
        fi;
        d_step {
            if
#ifdef NORESTARTVIEW
            :: restarts -> views_left--; check_ledger()
#endif
            :: else ->
                if :: next != 0 -> make_view(next, come) :: else fi
            fi;
            next = 0; come = 0; restarts = false
        } }
    od
}

/* Whoever is in the last view, if all of it could install it, has everything done. */
#define ABLE(i) (!IN_VIEW(i, epoch) || !WANTS(i))
#define HAS_FINISHED(i) (!IN_VIEW(i, epoch) \
    || (state[i] == DONE && (TRANSFERS < 3 || i == 1 || state[TRANSFERS - 1] == DONE)))

init {
    d_step {
        ledger[0] = ROW(TOKEN(1, 0), 0, 3, 1); length = 1; durable = 1; epoch = 1; members[1] = 3;
        balance[0] = DEPOSIT; balance[1] = DEPOSIT;
        CHAIN(0, 0) = ledger[0]; CHAIN(1, 0) = ledger[0];
        count[0] = 1; count[1] = 1; settled[0] = 1; settled[1] = 1;
        view[0] = 1; view[1] = 1; takes_part[0] = true; takes_part[1] = true; clock[0] = 1; clock[1] = 1;
        place = 0;
        do
        :: place < TRANSFERS -> state[place] = WAITING; place++
        :: else -> break
        od;
        place = 0
    }
    /* Faults may stop at any number of views. */
    atomic {
        if
        :: views_left = 0
        :: views_left = 1
#if VIEWS > 2
        :: views_left = 2
#endif
        fi;
        run Client(0); run Client(1); run Bank()
    }
end:
    timeout -> MUST(finished, !(ABLE(0) && ABLE(1)) || (HAS_FINISHED(0) && HAS_FINISHED(1)))
}
