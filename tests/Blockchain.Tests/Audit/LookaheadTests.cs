using Blockchain.Wire.Audit;

namespace Blockchain.Tests.Audit;

/// <summary>Work ahead of who takes the results: side by side, in order, and never far.</summary>
public sealed class LookaheadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Items_are_worked_on_side_by_side_and_come_in_order()
    {
        using ManualResetEventSlim second = new();

        // The first is done only when the second is.
        IEnumerable<int> all = Lookahead.Run(Enumerable.Range(0, 100), item =>
        {
            if (item == 0)
            {
                second.Wait(Patience).Should().BeTrue("the second item does not wait for the first");
            }
            else if (item == 1)
            {
                second.Set();
            }
        });

        all.Should().Equal(Enumerable.Range(0, 100));
    }

    [Fact]
    public void An_item_is_done_before_it_comes()
    {
        int[] done = new int[500];

        foreach (int item in Lookahead.Run(Enumerable.Range(0, done.Length), item => Volatile.Write(ref done[item], 1)))
        {
            Volatile.Read(ref done[item]).Should().Be(1);
        }
    }

    [Fact]
    public void The_source_is_read_no_further_ahead_than_the_limit()
    {
        int read = 0;
        int taken = 0;
        foreach (int item in Lookahead.Run(Enumerable.Range(0, 200).Select(item => read = item), _ => { }))
        {
            taken.Should().Be(item);
            read.Should().BeLessThanOrEqualTo(taken + Lookahead.MaxPages);
            taken++;
        }

        taken.Should().Be(200);
    }

    [Fact]
    public void What_work_throws_reaches_who_takes_its_item()
    {
        List<int> got = [];

        Action run = () => got.AddRange(Lookahead.Run(
            Enumerable.Range(0, 10), item => _ = item == 5 ? throw new InvalidDataException() : item));

        run.Should().Throw<InvalidDataException>();
        Lookahead.Run(Enumerable.Range(0, 10), item => _ = item == 5 ? throw new InvalidDataException() : item)
            .Take(5).Should().Equal(0, 1, 2, 3, 4);
    }
}
