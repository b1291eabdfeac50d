using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Blockchain.IntegrationTests.Faults;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Node;

/// <summary>The transaction port of a real node, spoken to by clients that know only the document of the
/// course.</summary>
[Collection(ProcessFaults.Name)]
public sealed class ForeignClientTests : IDisposable
{
    private const int IdleConnections = 10_000;
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [PythonFact]
    public async Task A_client_in_Python_is_answered_as_the_document_says_and_each_yes_is_in_one_block()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(
            _data, "a", ["--tcp", "0", .. NodeProcess.Mining(1, 100)]);
        string script = Path.Combine(AppContext.BaseDirectory, "Node", "foreign_client.py");
        await using ProcessRunner python = ProcessRunner.StartFile(
            "python3", _data, new Dictionary<string, string>(), script, Text(node.Tcp));
        RunResult result = await python.WaitForExitAsync();

        result.ExitCode.Should().Be(0, result.ToString());
        Case[] cases = [.. result.Lines.Where(static line => line.Length > 0).Select(Case.Read)];
        cases.Should().HaveCount(26);
        cases.Should().AllSatisfy(each => each.Answer.Should().Be(each.Expected, each.Name));
        await SettleAsync(node);
        Dictionary<string, int> messages = await node.ReadMessagesAsync();
        messages.Values.Should().OnlyContain(static times => times == 1);
        messages.Keys.Select(static key => key.Split('/')[1]).Should().BeEquivalentTo(
            cases.Where(static each => each.Answer == true).Select(static each => each.Message));
        (await node.CountAsync("blockchain_tcp_refused_total{reason=\"BadSignature\"}")).Should().BePositive();
        (await node.CountAsync("blockchain_tcp_refused_total{reason=\"NotJson\"}")).Should().Be(1);
    }

    [Fact]
    public async Task Fifty_clients_at_once_with_200_each_have_every_message_in_exactly_one_block()
    {
        const int Clients = 50;
        const int Each = 200;
        await using NodeProcess node = await NodeProcess.StartAsync(
            _data, "a", ["--tcp", "0", .. NodeProcess.Mining(1, 100)]);
        Task<int>[] sending = [.. Enumerable.Range(0, Clients).Select(client => SendAsync(node.Tcp, client, Each))];

        (await Task.WhenAll(sending)).Should().OnlyContain(static accepted => accepted == Each);
        await SettleAsync(node);

        Dictionary<string, int> messages = await node.ReadMessagesAsync();
        messages.Should().HaveCount(Clients * Each);
        messages.Values.Should().OnlyContain(static times => times == 1);
    }

    [OpenFilesFact(IdleConnections + 2_500)]
    public async Task Ten_thousand_idle_connections_take_little_memory_and_a_client_is_still_served()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_data, "a", "--tcp", "0");
        long before = MemoryOf(node);
        List<Socket> idle = [];
        try
        {
            for (int i = 0; i < IdleConnections; i++)
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, node.Tcp);
            }

            (await SendAsync(node.Tcp, 1, 3)).Should().Be(3);
            (MemoryOf(node) - before).Should().BeLessThan(150L << 20);
            (await node.CountAsync("blockchain_tcp_closed_total{reason=\"displaced\"}")).Should().BePositive();
        }
        finally
        {
            idle.ForEach(static socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task A_body_without_end_over_HTTP_is_cut_off()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_data, "a");
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, node.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            "POST /transactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"));
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
        using CancellationTokenSource patience = new(ProcessRunner.Patience);
        int sent = 0;
        try
        {
            for (; sent < 1_000; sent++)
            {
                await socket.SendAsync(chunk, SocketFlags.None, patience.Token);
            }
        }
        catch (SocketException)
        {
            // Cut off.
        }

        sent.Should().BeLessThan(1_000);
        (await node.Api.GetInfoAsync(default)).Height.Should().Be(0);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Task SettleAsync(NodeProcess node) => Conditions.UntilAsync(
        async () => (await node.Api.GetInfoAsync(default)).Pending == 0, "nothing waits", ProcessRunner.Patience);

    private static long MemoryOf(NodeProcess node)
    {
        using Process process = Process.GetProcessById(node.Process.Id);
        return process.WorkingSet64;
    }

    // Signs and sends one after another; how many were answered with yes.
    private static async Task<int> SendAsync(int port, int client, int count)
    {
        using MessageClient sender = await MessageClient.ConnectAsync(port, client);
        int accepted = 0;
        for (int nonce = 0; nonce < count; nonce++)
        {
            accepted += await sender.SendAsync($"client{client}n{nonce}", nonce) == true ? 1 : 0;
        }

        return accepted;
    }

    private sealed record Case(string Name, bool? Expected, bool? Answer, string? Message)
    {
        public static Case Read(string line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            return new Case(
                root.GetProperty("case").GetString()!,
                Flag(root.GetProperty("expected")),
                Flag(root.GetProperty("answer")),
                root.GetProperty("message").GetString());
        }

        private static bool? Flag(JsonElement element) =>
            element.ValueKind == JsonValueKind.Null ? null : element.GetBoolean();
    }
}
