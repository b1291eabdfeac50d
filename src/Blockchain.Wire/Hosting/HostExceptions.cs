namespace Blockchain.Wire.Hosting;

/// <summary>The options contradict themselves or what is allowed: a fault of usage.</summary>
/// <param name="faults">One line each.</param>
public sealed class OptionsException(IReadOnlyList<string> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>What is wrong, one line each.</summary>
    public IReadOnlyList<string> Faults => faults;
}

/// <summary>The address cannot be listened on.</summary>
/// <param name="message">One line that names cause and remedy.</param>
/// <param name="inner">What the platform reported.</param>
public sealed class ListenFaultException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Ends the message when another process has the address.</summary>
    public const string InUse = "is in use by another process. End that one, or choose another port with";
}
