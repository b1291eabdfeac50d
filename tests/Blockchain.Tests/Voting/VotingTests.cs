using Blockchain.Core.OpenNetwork;
using Blockchain.Core.Voting;
using Blockchain.Tests.OpenNetwork;

namespace Blockchain.Tests.Voting;

/// <summary>Counting, and the conversation with a voter.</summary>
public sealed class VotingTests
{
    [Fact]
    public void The_conversation_goes_as_the_voters_know_it()
    {
        VotingDialogue dialogue = new();
        dialogue.Prompt.Should().Be("Enter option ('a' add record, 'd' display tally, 'q' quit):");
        dialogue.Enter("a").Should().Be(new VotingAction.Ask());
        dialogue.Prompt.Should().Be("Enter voter id:");
        dialogue.Enter("").Should().Be(new VotingAction.Tell("A voter id is needed"));
        dialogue.Enter(" v1 ").Should().Be(new VotingAction.Ask());
        dialogue.Prompt.Should().Be("Enter choice:");
        dialogue.Enter("\t").Should().Be(new VotingAction.Tell("A choice is needed"));
        dialogue.Enter("soup").Should().Be(new VotingAction.Cast("v1", "soup"));
        dialogue.Prompt.Should().StartWith("Enter option");
        dialogue.Enter("d").Should().Be(new VotingAction.Display());
        dialogue.Enter("x").Should().Be(new VotingAction.Tell("'x' is no option: type a, d or q"));
        dialogue.Enter("").Should().Be(new VotingAction.Ask());
        dialogue.Enter("q").Should().Be(new VotingAction.Quit());
        dialogue.Enter(null).Should().Be(new VotingAction.Quit());
    }

    [Theory]
    [InlineData(Refusal.None, VoteResult.Accepted, "Vote added")]
    [InlineData(Refusal.PoolFull, VoteResult.Retry, "The vote was not taken for now, try again later")]
    [InlineData(Refusal.DuplicateVote, VoteResult.Invalid, "Invalid/duplicate vote")]
    [InlineData(Refusal.NotOnRoll, VoteResult.Invalid, "Invalid/duplicate vote")]
    public void A_vote_is_accepted_to_be_retried_or_invalid(Refusal refusal, VoteResult result, string text)
    {
        VoteResults.Of(refusal).Should().Be(result);
        result.Describe().Should().Be(text);
    }

    [Fact]
    public void The_count_is_that_of_the_best_chain_the_most_votes_first()
    {
        TestNode node = new(1, TestOpenNetwork.StartMs);
        node.Submit(Make.Election("lunch", ["soup", "salad", "cake"])).Should().Be(Refusal.None);
        node.Mine();
        foreach ((string voter, string choice) in ((string, string)[])
            [("v1", "salad"), ("v2", "soup"), ("v3", "salad"), ("v4", "soup"), ("v5", "soup")])
        {
            node.Submit(Make.Ballot("lunch", voter, choice)).Should().Be(Refusal.None);
        }

        ElectionResult.Of("lunch", node.Node.Chain)!.Leaders.Should().BeEmpty("what waits does not count");
        node.Mine();

        ElectionResult result = ElectionResult.Of("lunch", node.Node.Chain)!;
        result.Tallies.Should().Equal(new Tally("soup", 3), new Tally("salad", 2), new Tally("cake", 0));
        result.Leaders.Should().Equal("soup");
        result.Ballots.Should().Be(5);
        VotingDialogue.Show(result).Should().Equal("soup   3", "salad  2", "cake   0");
        ElectionResult.Of("dinner", node.Node.Chain).Should().BeNull();
        VotingDialogue.Show(null).Should().Equal("No votes yet");
    }

    [Fact]
    public void Of_equal_choices_all_lead()
    {
        TestNode node = new(1, TestOpenNetwork.StartMs);
        node.Submit(Make.Ballot("lunch", "v1", "b")).Should().Be(Refusal.None);
        node.Submit(Make.Ballot("lunch", "v2", "a")).Should().Be(Refusal.None);
        node.Mine();

        ElectionResult.Of("lunch", node.Node.Chain)!.Leaders.Should().Equal("a", "b");
    }
}
