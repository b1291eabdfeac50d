using Blockchain.Cli.Ledgers;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Audit;

/// <summary>What `verify` says of several ledgers together.</summary>
public sealed class VerificationTextTests
{
    [Fact]
    public void Ledgers_that_agree_are_not_called_so_without_a_word_of_the_bad_one()
    {
        SourceResult good = Result("client-1", null);
        SourceResult bad = Result("bank", new AuditFault(
            VerificationText.NoBlock, AuditFaultKind.WrongCopy, "the balance of account 1 is 5.00"));

        VerificationText.Describe([good, good], null).Should().Contain("All 2 are equal: 1 block.");
        VerificationText.Describe([bad, good], null).Should()
            .Contain("bank: BAD: the balance").And.Contain("Apart from that, all 2 are equal: 1 block.");
    }

    private static SourceResult Result(string title, AuditFault? fault)
    {
        PieceList<Hash> hashes = new();
        hashes.Add(Hash.Of("block"u8));
        AuditReport report = new(1, hashes[0], 0, 0, new Money(0), 0, null, fault);
        return new SourceResult(title, "client", report, hashes);
    }
}
