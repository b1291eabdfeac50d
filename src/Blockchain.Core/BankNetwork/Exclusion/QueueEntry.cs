namespace Blockchain.Core.BankNetwork;

/// <summary>One request in a client's queue, as a person is shown it.</summary>
/// <param name="Token">The place asked for.</param>
/// <param name="Transfers">What it carries.</param>
/// <param name="Heard">Other members heard from later than the token.</param>
/// <param name="Needed">Other members in all.</param>
public sealed record QueueEntry(Token Token, IReadOnlyList<Transfer> Transfers, int Heard, int Needed);

/// <summary>One of Lamport's two conditions for the own request (Lamport 1978, rule 5), per member.</summary>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Text">The condition: "least in my queue", "later word from 2".</param>
/// <param name="Because">What makes it so: "(6,2) is ahead", "none after (7,3)", "@9".</param>
public sealed record Condition(bool Holds, string Text, string Because);

/// <summary>Why the own request waits, or that none does.</summary>
/// <param name="Token">The own request; null for none.</param>
/// <param name="State">In words: no request, waiting, in the critical section.</param>
/// <param name="Conditions">The conditions, in the order in which people should read them.</param>
public sealed record WhyReport(Token? Token, string State, IReadOnlyList<Condition> Conditions);
