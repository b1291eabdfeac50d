using Blockchain.Bank.Prompt;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Bank;

public sealed class BankPromptTests
{
    [Theory]
    [InlineData("print_table")]
    [InlineData("PRINT")]
    [InlineData("p  # all of them")]
    public async Task The_table_is_printed_as_the_original_printed_it(string line) =>
        (await Run(line)).Should().Be("client_id\tbalance\n        1\t10.00\n        2\t10.00\n");

    [Fact]
    public async Task Clients_are_shown_with_membership_and_address() =>
        (await Run("clients")).Should().Be(
            "client_id\tmember\tlinked\tname\taddress\n"
            + "        1\t   yes\t   yes\talice\t127.0.0.1:1\n"
            + "        2\t   yes\t   yes\tbob\t127.0.0.1:1\n");

    [Fact]
    public async Task The_ledger_is_audited() =>
        (await Run("verify")).Should()
            .StartWith("5 blocks with 0 transfers on 2 accounts hold; balances sum to 20.00; head ");

    [Fact]
    public async Task An_evicted_client_is_out_of_the_view()
    {
        using MemoryLedgerStore store = new();
        await using BankWorld world = new(store);
        await world.JoinAsync("alice", "bob");
        using StringWriter output = new() { NewLine = "\n" };

        await new BankPrompt(world.Service, store, output).ExecuteAsync("evict 2", default);

        output.ToString().Should().Be("client 2 is taken out of the view\n");
        (await world.Service.ReadAsync(bank => bank.Ledger.Members.ToArray(), default)).Should().Equal(1);
    }

    [Theory]
    [InlineData("evict", "evict needs the number of a client; 'clients' shows them. Usage: evict ID\n")]
    [InlineData("evict bob", "evict needs the number of a client; 'clients' shows them. Usage: evict ID\n")]
    [InlineData("evict 9", "client 9 is no member; 'clients' shows who is\n")]
    public async Task Only_a_member_is_evicted(string line, string answer) => (await Run(line)).Should().Be(answer);

    [Fact]
    public void The_operator_hears_of_views_restored_blocks_and_alarms_and_not_of_every_payment()
    {
        ViewInfo view = new(5, 9, default, 12, [new MemberInfo(1, ""), new MemberInfo(2, "")]);

        BankPrompt.Describe(new BankEvent.ViewMade(view, "client 3 silent for a lease\u001b[2J")).Should()
            .Be("view 5, members 1 2: client 3 silent for a lease?[2J");
        BankPrompt.Describe(new BankEvent.Restored(2, 7, 3)).Should()
            .Be("took 3 lost blocks back, from block 7 on, from client 2");
        BankPrompt.Describe(new BankEvent.Restored(0, 7, 1)).Should()
            .Be("took 1 lost block back, from block 7 on, from a client that joins");
        BankPrompt.Describe(new BankEvent.Alarm(2, new Evidence(4, default, default, null, "two hashes"))).Should()
            .Match("ALARM*From client 2: two hashes. Run verify on *stop the bank*");
        BankPrompt.Describe(new BankEvent.Durable(4, default)).Should().BeNull();
    }

    [Theory]
    [InlineData("prnt_table", "no such command: prnt_table. Did you mean print_table?\n")]
    [InlineData("sudo", "no such command: sudo. Type help.\n")]
    [InlineData("\u001b[2J", "no such command: ?[2J. Type help.\n")]
    [InlineData("  ;; # nothing", "")]
    public async Task What_is_no_command_is_said_to_be_none(string line, string answer) =>
        (await Run(line)).Should().Be(answer);

    [Theory]
    [InlineData("exit")]
    [InlineData("Quit")]
    [InlineData("q")]
    [InlineData(null)]
    public async Task The_prompt_ends_when_the_operator_says_so_or_input_ends(string? last)
    {
        using MemoryLedgerStore store = new();
        await using BankWorld world = new(store);
        using StringWriter output = new() { NewLine = "\n" };
        Queue<string?> lines = new(["help", last, "p"]);

        await new BankPrompt(world.Service, store, output)
            .RunAsync(_ => Task.FromResult(lines.Dequeue()), default).WaitAsync(BankWorld.Patience);

        lines.Should().ContainSingle();
        output.ToString().Should().StartWith("bank> print_table").And.EndWith("bank> ");
    }

    private static async Task<string> Run(string line)
    {
        using MemoryLedgerStore store = new();
        await using BankWorld world = new(store);
        await world.JoinAsync("alice", "bob");
        using StringWriter output = new() { NewLine = "\n" };
        (await new BankPrompt(world.Service, store, output).ExecuteAsync(line, default)).Should().BeTrue();
        return output.ToString();
    }
}
