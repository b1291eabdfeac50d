using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>Parts that stand in messages of more than one kind. Every count is checked before memory is taken for
/// it.</summary>
internal static class MessageFields
{
    private const int MinMemberBytes = 4 + 2;

    public static void WriteToken(CanonicalWriter writer, Token token)
    {
        writer.U64(token.Clock);
        writer.U32(token.Client);
    }

    public static Token ReadToken(ref CanonicalReader reader) => new(reader.U64(), reader.U32());

    public static void WriteOutcomes(CanonicalWriter writer, IReadOnlyList<Outcome> outcomes)
    {
        Invariant.Holds(outcomes.Count is > 0 and <= Limits.RequestTransfers, "a request has 1 to 8,190 outcomes");
        writer.U16((ushort)outcomes.Count);
        foreach (Outcome outcome in outcomes)
        {
            writer.U8((byte)outcome);
        }
    }

    public static IReadOnlyList<Outcome> ReadOutcomes(ref CanonicalReader reader)
    {
        int count = reader.U16();
        if (count is 0 or > Limits.RequestTransfers || count > reader.Remaining)
        {
            throw new FormatFaultException(
                $"a request says it has {count} outcomes; 1 to {Limits.RequestTransfers}, all there, are allowed");
        }

        Outcome[] outcomes = new Outcome[count];
        for (int i = 0; i < count; i++)
        {
            outcomes[i] = Outcomes.Read(ref reader);
        }

        return outcomes;
    }

    public static void WriteFlag(CanonicalWriter writer, bool flag) => writer.U8(flag ? (byte)1 : (byte)0);

    public static bool ReadFlag(ref CanonicalReader reader) => reader.U8() switch
    {
        0 => false,
        1 => true,
        var other => throw new FormatFaultException($"a flag is {other}; 0 and 1 are allowed"),
    };

    public static void WriteView(CanonicalWriter writer, ViewInfo view)
    {
        Invariant.Holds(view.Members.Count <= Limits.Members, "a view has at most 256 members");
        writer.U32(view.Epoch);
        writer.U64(view.Index);
        writer.Hash(view.Hash);
        writer.U64(view.Clock);
        writer.U16((ushort)view.Members.Count);
        foreach (MemberInfo member in view.Members)
        {
            writer.U32(member.Id);
            writer.Text(member.Endpoint);
        }
    }

    public static ViewInfo ReadView(ref CanonicalReader reader)
    {
        int epoch = reader.U32();
        long index = reader.U64();
        Hash hash = reader.Hash();
        long clock = reader.U64();
        int count = reader.U16();
        if (count > Limits.Members || count * MinMemberBytes > reader.Remaining)
        {
            throw new FormatFaultException(
                $"a view says it has {count} members; up to {Limits.Members} that are all there are allowed");
        }

        MemberInfo[] members = new MemberInfo[count];
        for (int i = 0; i < count; i++)
        {
            members[i] = new MemberInfo(reader.U32(), reader.Text(Limits.EndpointCharacters));
            if (members[i].Id <= (i == 0 ? Limits.Bank : members[i - 1].Id))
            {
                throw new FormatFaultException("the members of a view do not rise from 1");
            }
        }

        return new ViewInfo(epoch, index, hash, clock, members);
    }
}
