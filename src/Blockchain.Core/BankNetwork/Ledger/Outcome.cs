using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// What became of a transfer, and why. 0 is SUCCESS; everything else is an ABORT, which is recorded in the ledger as
/// well. The numbers are part of the format.
/// </summary>
public enum Outcome : byte
{
    /// <summary>The amount moved.</summary>
    Success = 0,

    /// <summary>ABORT: the balance was below the amount at this place of the order.</summary>
    InsufficientFunds = 1,

    /// <summary>ABORT: no account has the receiver's number.</summary>
    UnknownAccount = 2,

    /// <summary>ABORT: sender and receiver are the same.</summary>
    SelfTransfer = 3,

    /// <summary>ABORT: the amount is 0 or above the limit.</summary>
    InvalidAmount = 4,
}

/// <summary>Words for outcomes, the same on screens, in JSON and in logs.</summary>
public static class Outcomes
{
    /// <summary>SUCCESS or ABORT.</summary>
    public static string Status(this Outcome outcome) => outcome == Outcome.Success ? "SUCCESS" : "ABORT";

    /// <summary>The name of the ABORT's reason, null for SUCCESS.</summary>
    public static string? Reason(this Outcome outcome) => outcome switch
    {
        Outcome.Success => null,
        Outcome.InsufficientFunds => "INSUFFICIENT_FUNDS",
        Outcome.UnknownAccount => "UNKNOWN_ACCOUNT",
        Outcome.SelfTransfer => "SELF_TRANSFER",
        Outcome.InvalidAmount => "INVALID_AMOUNT",
        _ => throw new InvariantException($"{(byte)outcome} is no outcome"),
    };

    /// <summary>Finds the outcome that has these words.</summary>
    /// <param name="status">SUCCESS or ABORT.</param>
    /// <param name="reason">The reason's name, null for SUCCESS.</param>
    /// <param name="outcome">The outcome found.</param>
    public static bool TryParse(string? status, string? reason, out Outcome outcome)
    {
        foreach (Outcome candidate in Enum.GetValues<Outcome>())
        {
            if (candidate.Status() == status && candidate.Reason() == reason)
            {
                outcome = candidate;
                return true;
            }
        }

        outcome = default;
        return false;
    }

    /// <summary>Reads one byte and refuses what is no outcome.</summary>
    /// <exception cref="FormatFaultException">The byte is no outcome.</exception>
    public static Outcome Read(ref CanonicalReader reader)
    {
        byte code = reader.U8();
        return code <= (byte)Outcome.InvalidAmount
            ? (Outcome)code
            : throw new FormatFaultException($"{code} is no outcome of a transfer");
    }
}
