namespace Blockchain.Core.BankNetwork;

/// <summary>
/// What a client may be called: 1 to 32 characters from A-Z, a-z, 0-9, '-', '_' and '.', the first a letter or digit.
/// The name is also the name of a folder, on every platform.
/// </summary>
public static class ClientName
{
    /// <summary>The rule, as a person reads it when it is broken.</summary>
    public const string Rule =
        "a name has 1 to 32 characters from A-Z, a-z, 0-9, '-', '_' and '.', "
        + "starts with a letter or digit, and does not end with '.'";

    /// <summary>Whether the name is allowed.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Limits.NameCharacters
        && char.IsAsciiLetterOrDigit(name[0])
        && name[^1] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
