using System.Text;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node;
using Blockchain.Node.Tcp;

namespace Blockchain.Tests.Node;

/// <summary>What the transaction port reads as a message, and what each broken request is called.</summary>
public sealed class MessageJsonTests
{
    private const string Digits64 = Sample.Sender;
    private const string Digits128 = Sample.Signature;

    [Fact]
    public void The_printed_sample_is_read()
    {
        MessageFault fault = MessageJson.Read(Encoding.UTF8.GetBytes(Sample.Json), out Transaction.Message? message);

        fault.Should().Be(MessageFault.None);
        message.Should().Be(Sample.Message());
    }

    [Theory]
    [InlineData("{\"sender\": \"S\", \"message\": \"hello\", \"signature\": \"T\"}")]
    [InlineData("{\"signature\":\"T\",\"message\":\"h\\u00e9llo\",\"sender\":\"S\"}")]
    [InlineData(" \n{\"sender\": \"S\", \"message\": \"\\ud83d\\ude00\", \"nonce\": 9223372036854775807, "
        + "\"signature\": \"T\", \"more\": {\"a\": [1, 2, {}]}}\t ")]
    public void Order_escapes_blanks_and_unknown_members_do_not_matter(string json) =>
        Read(json).Should().Be(MessageFault.None);

    [Fact]
    public void Upper_case_digits_of_a_sender_are_kept_because_they_were_signed()
    {
        string json = Sample.Write(Digits64.ToUpperInvariant(), "hello", null, Digits128);
        MessageJson.Read(Encoding.UTF8.GetBytes(json), out Transaction.Message? message);

        message!.SenderText.Should().Be(Digits64.ToUpperInvariant());
    }

    [Theory]
    [InlineData("", MessageFault.NotJson)]
    [InlineData("   ", MessageFault.NotJson)]
    [InlineData("{", MessageFault.NotJson)]
    [InlineData("{} {}", MessageFault.NotJson)]
    [InlineData("[1, 2", MessageFault.NotJson)]
    [InlineData("{\"sender\": NaN}", MessageFault.NotJson)]
    [InlineData("{'sender': 1}", MessageFault.NotJson)]
    [InlineData("// nothing", MessageFault.NotJson)]
    [InlineData("[]", MessageFault.NotAnObject)]
    [InlineData("[{\"sender\": \"S\"}]", MessageFault.NotAnObject)]
    [InlineData("1", MessageFault.NotAnObject)]
    [InlineData("1e999999999", MessageFault.NotAnObject)]
    [InlineData("null", MessageFault.NotAnObject)]
    [InlineData("\"text\"", MessageFault.NotAnObject)]
    [InlineData("{\"message\": \"a\", \"message\": \"b\", \"sender\": \"S\", \"signature\": \"T\"}",
        MessageFault.RepeatedMember)]
    [InlineData("{\"x\": 1, \"\\u0078\": 1}", MessageFault.RepeatedMember)]
    [InlineData("{}", MessageFault.InvalidSender)]
    [InlineData("{\"sender\": 1, \"message\": \"a\", \"signature\": \"T\"}", MessageFault.InvalidSender)]
    [InlineData("{\"sender\": \"12\", \"message\": \"a\", \"signature\": \"T\"}", MessageFault.InvalidSender)]
    [InlineData("{\"sender\": \"S\\n\", \"message\": \"a\", \"signature\": \"T\"}", MessageFault.InvalidSender)]
    [InlineData("{\"sender\": \"S\", \"signature\": \"T\"}", MessageFault.InvalidMessage)]
    [InlineData("{\"sender\": \"S\", \"message\": null, \"signature\": \"T\"}", MessageFault.InvalidMessage)]
    [InlineData("{\"sender\": \"S\", \"message\": [\"a\"], \"signature\": \"T\"}", MessageFault.InvalidMessage)]
    [InlineData("{\"sender\": \"S\", \"message\": \"\\ud83d\", \"signature\": \"T\"}", MessageFault.InvalidMessage)]
    [InlineData("{\"\\udc00\": 1}", MessageFault.InvalidMessage)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"nonce\": -1, \"signature\": \"T\"}",
        MessageFault.InvalidNonce)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"nonce\": null, \"signature\": \"T\"}",
        MessageFault.InvalidNonce)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"nonce\": true, \"signature\": \"T\"}",
        MessageFault.InvalidNonce)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"nonce\": \"0\", \"signature\": \"T\"}",
        MessageFault.InvalidNonce)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"nonce\": 0.0, \"signature\": \"T\"}",
        MessageFault.InvalidNonce)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"nonce\": 9223372036854775808, \"signature\": \"T\"}",
        MessageFault.InvalidNonce)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"nonce\": 1e99999, \"signature\": \"T\"}",
        MessageFault.InvalidNonce)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\"}", MessageFault.InvalidSignature)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"signature\": \"S\"}", MessageFault.InvalidSignature)]
    [InlineData("{\"sender\": \"S\", \"message\": \"a\", \"signature\": {}}", MessageFault.InvalidSignature)]
    public void What_is_wrong_has_a_name(string json, MessageFault fault) => Read(json).Should().Be(fault);

    [Fact]
    public void Nesting_has_a_limit_and_a_number_may_be_as_long_as_a_frame()
    {
        string deep = new('[', NodeLimits.TcpFrameBytes);
        string closed = new string('[', NodeLimits.JsonDepth + 1) + new string(']', NodeLimits.JsonDepth + 1);

        Read(deep).Should().Be(MessageFault.NotJson);
        Read(closed).Should().Be(MessageFault.NotJson);
        Read(new string('9', NodeLimits.TcpFrameBytes)).Should().Be(MessageFault.NotAnObject);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused()
    {
        byte[] json = Encoding.Latin1.GetBytes(Sample.Write(Digits64, "h\u00e9llo", 0, Digits128));

        MessageJson.Read(json, out _).Should().BeOneOf(MessageFault.NotJson, MessageFault.InvalidMessage);
    }

    [Fact]
    public void No_mutation_of_a_request_throws()
    {
        Random random = new(65_533);
        byte[] request = Encoding.UTF8.GetBytes(Sample.Json);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = [.. request];
            for (int n = random.Next(4); n >= 0; n--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            MessageFault fault = MessageJson.Read(
                changed.AsSpan(0, random.Next(changed.Length + 1)), out Transaction.Message? message);
            (message is null).Should().Be(fault != MessageFault.None);
        }
    }

    private static MessageFault Read(string json) => MessageJson.Read(
        Encoding.UTF8.GetBytes(json.Replace("\"S", "\"" + Digits64).Replace("\"T\"", $"\"{Digits128}\"")), out _);
}
