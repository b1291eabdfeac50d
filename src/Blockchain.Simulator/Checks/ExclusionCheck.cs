using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>
/// Inside the bank's current view at most one client is between entering the critical section and the bank's ordering
/// of its request, and the bank orders nobody who has not entered. A holder of an earlier view may still believe that
/// it is inside: that is what the fence is for, and no breach.
/// </summary>
internal sealed class ExclusionCheck
{
    private readonly HashSet<Token> _entered = [];
    private int _epoch;
    private Token? _inside;

    /// <summary>The bank's view is another one, or the bank is gone.</summary>
    public void NewView(int epoch)
    {
        _epoch = epoch;
        _inside = null;
        _entered.Clear();
    }

    /// <summary>A client has entered.</summary>
    public void Entered(int epoch, Token token)
    {
        if (epoch != _epoch)
        {
            return;
        }

        if (_inside is { } other && other.Client != token.Client)
        {
            throw new ViolationException(
                "exclusion", FormattableString.Invariant($"{token} enters view {epoch} while {other} is inside"));
        }

        _inside = token;
        _entered.Add(token);
    }

    /// <summary>The bank has ordered a request.</summary>
    public void Ordered(Token token)
    {
        if (!_entered.Contains(token))
        {
            throw new ViolationException("exclusion", $"the bank ordered {token}, which never entered view {_epoch}");
        }

        Left(token);
    }

    /// <summary>A client has left, with or without a block.</summary>
    public void Left(Token token)
    {
        if (_inside == token)
        {
            _inside = null;
        }
    }
}
