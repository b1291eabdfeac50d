using Blockchain.Client.Storage;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Tests.Client;

public sealed class ClientFolderTests : IDisposable
{
    private const string Bank = "http://127.0.0.1:8000/";
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_client_comes_back_with_its_key_and_a_new_life()
    {
        PublicKey key;
        long life;
        using (ClientFolder first = ClientFolder.Open(_data.Path, "anna", Bank))
        {
            key = first.Keys.PublicKey;
            life = first.Incarnation;
            first.Update(first.Identity with { Id = 7, Ledger = Hash.Empty, BankKey = key });
        }

        using ClientFolder second = ClientFolder.Open(_data.Path, "anna", "http://127.0.0.1:9000/");

        second.Keys.PublicKey.Should().Be(key);
        second.Incarnation.Should().BeGreaterThan(life);
        second.Identity.Should().Be(new ClientIdentity("anna", "http://127.0.0.1:9000/", 7, Hash.Empty, key));
    }

    [Fact]
    public void A_life_never_gets_the_number_of_an_earlier_one_when_the_disk_has_lost_it_or_the_clock_went_back()
    {
        HandClock clock = new(5_000);
        long first = LifeAt(clock, 5_000);
        long second = LifeAt(clock, 4_000);
        File.WriteAllText(IncarnationPath, $"{first}");
        long afterLoss = LifeAt(clock, 5_002);
        File.Delete(IncarnationPath);
        long afterAll = LifeAt(clock, 5_003);

        new[] { first, second, afterLoss, afterAll }.Should().Equal(5_000, 5_001, 5_002, 5_003);
    }

    [Fact]
    public void A_second_process_on_the_same_folder_is_told_so()
    {
        using ClientFolder first = ClientFolder.Open(_data.Path, "anna", Bank);

        FluentActions.Invoking(() => ClientFolder.Open(_data.Path, "anna", Bank))
            .Should().Throw<StoreFaultException>().WithMessage("*in use by another process*");
    }

    [Fact]
    public void New_clients_get_the_first_names_that_are_free()
    {
        using ClientFolder one = ClientFolder.OpenNew(_data.Path, Bank, 0, out int first);
        using ClientFolder two = ClientFolder.OpenNew(_data.Path, Bank, 0, out int second);

        (first, second).Should().Be((1, 2));
        (one.Identity.Name, two.Identity.Name).Should().Be(("client-1", "client-2"));
    }

    [Fact]
    public void The_secret_key_is_for_its_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using ClientFolder folder = ClientFolder.Open(_data.Path, "anna", Bank);

        File.GetUnixFileMode(Path.Combine(folder.Path, "key.pem"))
            .Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("key.pem", "no key")]
    [InlineData("key.pem", null)]
    [InlineData("identity.json", "{")]
    [InlineData("identity.json", "{\"name\":\"../x\",\"bank\":\"\",\"id\":1,\"ledger\":null,\"bankKey\":null}")]
    [InlineData("identity.json", "{\"name\":\"anna\"}")]
    [InlineData("incarnation", "many")]
    public void A_file_that_is_not_what_it_should_be_is_named(string name, string? content)
    {
        string path;
        using (ClientFolder folder = ClientFolder.Open(_data.Path, "anna", Bank))
        {
            folder.Update(folder.Identity with { Id = 1, Ledger = Hash.Empty, BankKey = folder.Keys.PublicKey });
            path = Path.Combine(folder.Path, name);
        }

        if (content is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, content);
        }

        FluentActions.Invoking(() => ClientFolder.Open(_data.Path, "anna", Bank))
            .Should().Throw<StoreFaultException>().WithMessage($"*{name}*");
    }

    [Fact]
    public void A_data_folder_that_cannot_be_made_is_named()
    {
        string file = _data.File("occupied");
        File.WriteAllText(file, "a file where a folder should be");

        FluentActions.Invoking(() => ClientFolder.Open(file, "anna", Bank))
            .Should().Throw<StoreFaultException>().WithMessage("*occupied*");
    }

    private string IncarnationPath =>
        Path.Combine(ClientFolder.PathOf(_data.Path, "anna"), "incarnation");

    private long LifeAt(HandClock clock, long unixMs)
    {
        clock.UnixMs = unixMs;
        using ClientFolder folder = ClientFolder.Open(_data.Path, "anna", Bank, clock);
        return folder.Incarnation;
    }

    private sealed class HandClock(long unixMs) : TimeProvider
    {
        public long UnixMs { get; set; } = unixMs;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMs);
    }
}
