namespace Blockchain.Node.Store;

/// <summary>What is known of a stored block.</summary>
public enum BlockStatus
{
    /// <summary>It is kept, and its rules were not all checked.</summary>
    Stored = 0,

    /// <summary>Every rule was checked.</summary>
    Validated = 1,

    /// <summary>It breaks a rule.</summary>
    Invalid = 2,
}
