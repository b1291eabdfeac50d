using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Terminal;

/// <summary>One command, understood. The prompt, `-c` and pipes share them. Closed.</summary>
public abstract record Command
{
    private Command()
    {
    }

    /// <summary>Pay from the own account.</summary>
    /// <param name="To">The account to pay.</param>
    /// <param name="Amount">How much; above zero and within the limit.</param>
    /// <param name="Memo">A note, possibly empty.</param>
    /// <param name="Wait">Whether the prompt waits for the outcome; scripts always do.</param>
    public sealed record Transfer(int To, Money Amount, string Memo, bool Wait) : Command;

    /// <summary>One balance, from the bank.</summary>
    /// <param name="Account">The account; null for the own one.</param>
    public sealed record Balance(int? Account) : Command;

    /// <summary>All balances, from the bank.</summary>
    public sealed record Balances : Command;

    /// <summary>The chain as a table.</summary>
    /// <param name="Last">How many blocks from the end; null for the default.</param>
    public sealed record Chain(long? Last) : Command;

    /// <summary>One block whole.</summary>
    /// <param name="Which">Its index, or the first digits of its hash.</param>
    public sealed record OneBlock(string Which) : Command;

    /// <summary>The request queue.</summary>
    public sealed record Queue : Command;

    /// <summary>Lamport's conditions for the own request.</summary>
    public sealed record Why : Command;

    /// <summary>Accounts, chain and queue.</summary>
    public sealed record All : Command;

    /// <summary>The Lamport clock, and where the client stands.</summary>
    public sealed record Clock : Command;

    /// <summary>The other members of the view.</summary>
    public sealed record Peers : Command;

    /// <summary>The payments of an account.</summary>
    /// <param name="Account">The account; null for the own one.</param>
    /// <param name="Last">How many of them from the end; null for the default.</param>
    public sealed record History(int? Account, long? Last) : Command;

    /// <summary>Audit of the own chain.</summary>
    public sealed record Verify : Command;

    /// <summary>The end of the log file.</summary>
    /// <param name="Lines">How many lines.</param>
    public sealed record Log(int Lines) : Command;

    /// <summary>What commands there are, or how one is used.</summary>
    /// <param name="Topic">The command; null for all.</param>
    public sealed record Help(CommandSpec? Topic) : Command;

    /// <summary>Empty the screen.</summary>
    public sealed record Clear : Command;

    /// <summary>Leave.</summary>
    public sealed record Exit : Command;
}
