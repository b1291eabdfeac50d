using Blockchain.Core.OpenNetwork;
using Blockchain.Core.Voting;
using Blockchain.Tests.OpenNetwork;

namespace Blockchain.Tests.Voting;

/// <summary>Who may vote for what, how often, and what counts.</summary>
public sealed class VotingTests
{
    private readonly TestNode _node = new(1, TestOpenNetwork.StartMs);

    private ElectionResult? Lunch => ElectionResult.Of("lunch", _node.Node.Chain);

    [Fact]
    public void The_count_is_that_of_the_best_chain_the_most_votes_first()
    {
        Accept(Make.Election("lunch", ["soup", "salad", "cake"]));
        _node.Mine();
        Accept(("v1", "salad"), ("v2", "soup"), ("v3", "salad"), ("v4", "soup"), ("v5", "soup"));
        Lunch!.Leaders.Should().BeEmpty("what waits does not count");
        _node.Mine();

        Lunch!.Tallies.Should().Equal(new Tally("soup", 3), new Tally("salad", 2), new Tally("cake", 0));
        Lunch!.Leaders.Should().Equal("soup");
        Lunch!.Ballots.Should().Be(5);
        Lunch!.Definition.Should().NotBeNull();
        ElectionResult.Of("dinner", _node.Node.Chain).Should().BeNull();
    }

    [Fact]
    public void Of_equal_choices_all_lead()
    {
        Accept(("v1", "b"), ("v2", "a"));
        _node.Mine();

        Lunch!.Leaders.Should().Equal("a", "b");
        Lunch!.Definition.Should().BeNull();
    }

    [Fact]
    public void A_voter_votes_once_whatever_the_choice_and_the_key()
    {
        Accept(("v1", "soup"));
        Refuse(Make.Ballot("lunch", "v1", "cake"), Refusal.DuplicateVote);
        Refuse(Make.Ballot("lunch", "v1", "soup", key: "v2"), Refusal.DuplicateVote);
        _node.Mine();
        Refuse(Make.Ballot("lunch", "v1", "cake"), Refusal.DuplicateVote);
        InBlock(Refusal.DuplicateVote, Make.Ballot("lunch", "v1", "cake"));
        InBlock(Refusal.DuplicateVote, Make.Ballot("lunch", "v2", "cake"), Make.Ballot("lunch", "v2", "soup"));

        _node.Submit(Make.Ballot("dinner", "v1", "cake")).Should().Be(Refusal.None, "another election is another vote");
        Lunch!.Tallies.Should().Equal(new Tally("soup", 1));
    }

    [Fact]
    public void With_a_roll_only_its_voters_vote_each_with_their_own_key()
    {
        Accept(Make.Election("lunch", [], "v1", "v2"));
        Refuse(Make.Ballot("lunch", "v3", "soup"), Refusal.NotOnRoll);
        _node.Mine();
        Refuse(Make.Ballot("lunch", "v3", "soup"), Refusal.NotOnRoll);
        Refuse(Make.Ballot("lunch", "v1", "soup", key: "v2"), Refusal.WrongVoterKey);
        InBlock(Refusal.NotOnRoll, Make.Ballot("lunch", "v3", "soup"));
        InBlock(Refusal.WrongVoterKey, Make.Ballot("lunch", "v1", "soup", key: "v2"));

        Accept(("v1", "whatever"), ("v2", "soup"));
        _node.Mine();
        Lunch!.Ballots.Should().Be(2);
        Lunch!.RollSize.Should().Be(2);
    }

    [Fact]
    public void With_choices_only_these_can_be_chosen()
    {
        Accept(Make.Election("lunch", ["soup", "salad"]));
        Refuse(Make.Ballot("lunch", "v1", "cake"), Refusal.UnknownChoice);
        _node.Mine();
        Refuse(Make.Ballot("lunch", "v1", "Soup"), Refusal.UnknownChoice);
        InBlock(Refusal.UnknownChoice, Make.Ballot("lunch", "v1", "cake"));
        Accept(("v1", "soup"));
    }

    [Fact]
    public void An_election_is_defined_once_and_before_its_first_ballot()
    {
        Accept(Make.Election("lunch", ["soup"]));
        Refuse(Make.Election("lunch", ["salad"]), Refusal.ElectionExists);
        Accept(("v1", "soup"));
        _node.Mine();
        Refuse(Make.Election("lunch", ["salad"]), Refusal.ElectionExists);
        InBlock(Refusal.ElectionExists, Make.Election("lunch", ["salad"]));

        _node.Submit(Make.Ballot("open", "v1", "soup")).Should().Be(Refusal.None);
        Refuse(Make.Election("open", ["soup"]), Refusal.ElectionExists);
        InBlock(Refusal.ElectionExists, Make.Ballot("other", "v1", "x"), Make.Election("other", ["x"]));
        Lunch!.Tallies.Should().Equal(new Tally("soup", 1));
    }

    [Fact]
    public void A_ballot_that_nobody_with_the_key_signed_for_this_network_is_refused()
    {
        Transaction.Ballot ballot = Make.Ballot("lunch", "v1", "soup");
        Transaction.Ballot other = new("lunch", "v1", "cake", ballot.Key, ballot.Signature);
        Transaction.Election election = Make.Election("lunch", ["soup"]);

        Refuse(other, Refusal.BadSignature);
        Refuse(election.WithSignature(ballot.Signature), Refusal.BadSignature);
        Refuse(ballot.WithSignature(FakeEd25519.Sign(ballot.Key, ballot.SignedBytes(default))), Refusal.BadSignature);
    }

    [Fact]
    public void A_displaced_ballot_waits_again_and_counts_once_in_the_end()
    {
        BlockNode fork = _node.Node.Tip;
        Take(Make.Chain(fork, 1, [Make.Ballot("lunch", "v1", "soup"), Make.Ballot("lunch", "v2", "soup")]));
        Lunch!.Tallies.Should().Equal(new Tally("soup", 2));

        Take(Make.Chain(fork, 2, [Make.Ballot("lunch", "v3", "cake")], []));
        Lunch!.Tallies.Should().Equal(new Tally("cake", 1));
        _node.Node.Mempool.Count.Should().Be(2, "displaced ballots wait again");

        _node.Mine();
        Lunch!.Tallies.Should().Equal(new Tally("soup", 2), new Tally("cake", 1));
        Rules.HoldOf(_node);
    }

    [Fact]
    public void After_a_reorganization_the_first_ballot_on_the_new_chain_counts()
    {
        BlockNode fork = _node.Node.Tip;
        Take(Make.Chain(fork, 1, [Make.Ballot("lunch", "v1", "soup")]));
        Take(Make.Chain(fork, 2, [Make.Ballot("lunch", "v1", "cake")], []));

        Lunch!.Tallies.Should().Equal(new Tally("cake", 1));
        _node.Node.Mempool.Count.Should().Be(0);
        _node.Mine();
        Lunch!.Tallies.Should().Equal([new Tally("cake", 1)], "a voter has one vote, however the chain turns");
    }

    [Fact]
    public void After_a_reorganization_the_definition_is_that_of_the_new_chain()
    {
        BlockNode fork = _node.Node.Tip;
        Transaction.Ballot soup = Make.Ballot("lunch", "v1", "soup");
        Take(Make.Chain(fork, 1, [Make.Election("lunch", ["soup"]), soup]));
        Take(Make.Chain(fork, 2, [Make.Election("lunch", ["cake"], "v1")], []));

        Lunch!.Tallies.Should().Equal(new Tally("cake", 0));
        Lunch!.RollSize.Should().Be(1);
        _node.Node.Mempool.Count.Should().Be(0, "its ballot chose what cannot be chosen now");
        Refuse(soup, Refusal.UnknownChoice);
        Rules.HoldOf(_node);
    }

    private void Accept(params (string Voter, string Choice)[] ballots) =>
        Accept([.. ballots.Select(Transaction (ballot) => Make.Ballot("lunch", ballot.Voter, ballot.Choice))]);

    private void Accept(params Transaction[] transactions)
    {
        foreach (Transaction transaction in transactions)
        {
            _node.Submit(transaction).Should().Be(Refusal.None);
        }
    }

    private void Refuse(Transaction transaction, Refusal refusal) => _node.Submit(transaction).Should().Be(refusal);

    /// <summary>A block is judged like the pool.</summary>
    private void InBlock(Refusal refusal, params Transaction[] transactions)
    {
        BlockNode tip = _node.Node.Tip;
        Take(Make.Chain(tip, 9, transactions));
        _node.Node.Tip.Should().Be(tip);
        _node.Events.OfType<NodeEvent.BlockRefused>().Last().Refusal.Should().Match<BlockRefusal>(
            actual => actual.Fault == BlockFault.InvalidTransaction && actual.Transaction == refusal);
    }

    private void Take(IEnumerable<Block> blocks) =>
        blocks.ToList().ForEach(block => _node.Step(new NodeInput.BlockMined(block)));
}
