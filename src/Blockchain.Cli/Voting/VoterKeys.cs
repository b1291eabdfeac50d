using System.Security.Cryptography;
using System.Text;
using Blockchain.Cli.Wallet;

namespace Blockchain.Cli.Voting;

/// <summary>The keys of voters on this machine: one each, made when it is first needed.</summary>
/// <param name="folder">Their files.</param>
/// <param name="passphrase">Seals new keys and opens sealed ones; null leaves new ones plain.</param>
internal sealed class VoterKeys(KeyFolder folder, string? passphrase)
{
    private const string OrganizerName = "organizer";
    private const int NameBytes = 16;

    /// <summary>The key of a voter.</summary>
    /// <exception cref="CliException">Its file is damaged, or sealed with another passphrase.</exception>
    public OwnerKey Of(string voter) => GetOrAdd(NameOf(voter));

    /// <summary>The key that elections are held with.</summary>
    /// <exception cref="CliException">Its file is damaged, or sealed with another passphrase.</exception>
    public OwnerKey Organizer() => GetOrAdd(OrganizerName);

    // An id is any text, and not every text is the name of a file.
    private static string NameOf(string voter) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(voter)).AsSpan(0, NameBytes));

    private OwnerKey GetOrAdd(string name)
    {
        if (!folder.Has(name))
        {
            try
            {
                return OwnerKeys.AddNew(folder, name, passphrase);
            }
            catch (CliException) when (folder.Has(name))
            {
                // Another process was first, and its key is the voter's.
            }
        }

        return OwnerKeys.Open(folder, name, new PassphraseSource(null, _ => passphrase ?? string.Empty));
    }
}
