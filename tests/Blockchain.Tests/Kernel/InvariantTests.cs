using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Kernel;

public sealed class InvariantTests
{
    [Fact]
    public void The_words_of_a_broken_rule_are_put_together()
    {
        long balance = -5;
        Action broken = () => Invariant.Holds(balance >= 0, $"the balance {balance} of account {7} is not below 0");

        broken.Should().Throw<InvariantException>()
            .WithMessage("Broken invariant: the balance -5 of account 7 is not below 0");
    }

    [Fact]
    public void The_words_of_a_rule_that_holds_are_not_even_looked_up()
    {
        int asked = 0;

        Invariant.Holds(asked == 0, $"nobody asks {++asked}");

        asked.Should().Be(0);
    }
}
