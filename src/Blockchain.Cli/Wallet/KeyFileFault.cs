namespace Blockchain.Cli.Wallet;

/// <summary>Why a key file does not give its key.</summary>
internal enum KeyFileFault
{
    /// <summary>It does.</summary>
    None,

    /// <summary>The file is something else.</summary>
    NotAKeyFile,

    /// <summary>A later version of this program wrote it.</summary>
    NewerVersion,

    /// <summary>It was written as a key file, and something changed it since.</summary>
    Damaged,

    /// <summary>Its key is sealed, and no passphrase was given.</summary>
    PassphraseNeeded,

    /// <summary>The file is whole, and the passphrase does not open it.</summary>
    WrongPassphrase,
}
