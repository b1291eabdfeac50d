using System.Diagnostics.CodeAnalysis;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Http;

/// <summary>Values of the core as JSON objects, and back.</summary>
public static class WireConvert
{
    /// <summary>An account.</summary>
    public static AccountDto ToDto(Account account) =>
        new(account.Id, account.Name, account.Balance.ToString(), account.PublicKey.ToString());

    /// <summary>A checkpoint.</summary>
    [return: NotNullIfNotNull(nameof(checkpoint))]
    public static CheckpointDto? ToDto(Checkpoint? checkpoint) => checkpoint is null
        ? null
        : new CheckpointDto(checkpoint.Index, checkpoint.Hash.ToString(), checkpoint.Signature.ToString());

    /// <summary>A checkpoint and what is needed to check it.</summary>
    public static LedgerCheckpointDto ToDto(Checkpoint checkpoint, Hash ledger, PublicKey bankKey) => new(
        checkpoint.Index,
        checkpoint.Hash.ToString(),
        checkpoint.Signature.ToString(),
        ledger.ToString(),
        bankKey.ToString());

    /// <summary>A view.</summary>
    public static ViewDto ToDto(ViewInfo view) => new(
        view.Epoch,
        view.Index,
        view.Hash.ToString(),
        view.Clock,
        [.. view.Members.Select(member => new MemberDto(member.Id, member.Endpoint))]);

    /// <summary>The checkpoint again.</summary>
    /// <exception cref="FormatFaultException">A field is not what its name says.</exception>
    public static Checkpoint ToCheckpoint(CheckpointDto dto) => new(
        Parse.Range(dto.Index, "checkpoint.index"),
        Parse.Hash(dto.Hash, "checkpoint.hash"),
        Parse.Signature(dto.Signature, "checkpoint.signature"));

    /// <summary>The checkpoint, the ledger it speaks of, and the key it claims to be signed with.</summary>
    /// <exception cref="FormatFaultException">A field is not what its name says.</exception>
    public static (Checkpoint Checkpoint, Hash Ledger, PublicKey BankKey) ToCheckpoint(LedgerCheckpointDto dto) => (
        ToCheckpoint(new CheckpointDto(dto.Index, dto.Hash, dto.Signature)),
        Parse.Hash(dto.Ledger, "ledger"),
        Parse.Key(dto.BankKey, "bankKey"));

    /// <summary>The view again.</summary>
    /// <exception cref="FormatFaultException">A field is not what its name says.</exception>
    public static ViewInfo ToView(ViewDto dto)
    {
        // JSON can put a null into an array whatever the array's type says.
        if (dto.Members is null || dto.Members.Length > Limits.Members || dto.Members.Any(member => member is null))
        {
            throw Parse.Fault("view.members");
        }

        MemberInfo[] members = [.. dto.Members.Select(member => new MemberInfo(
            Parse.Number(member.Id, "view.members.id"),
            Parse.Text(member.Endpoint, Limits.EndpointCharacters, "view.members.endpoint")))];
        return new ViewInfo(
            Parse.Number(dto.Epoch, "view.epoch"),
            Parse.Range(dto.Index, "view.index"),
            Parse.Hash(dto.Hash, "view.hash"),
            Parse.Range(dto.Clock, "view.clock"),
            members);
    }
}
