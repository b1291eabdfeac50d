using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Tidy;

/// <summary>
/// Core does no I/O, does not wait, and knows neither clock nor chance. Read from the compiled assembly's tables of
/// what it uses, where a signature, a local, a <c>lock</c> and an <c>await</c> leave their traces alike.
/// </summary>
public sealed class PurityTests
{
    private static readonly string[] BannedNamespaces =
    [
        "System.IO", "System.Net", "System.Threading", "System.Timers", "Microsoft.Win32", "Microsoft.Extensions",
        "System.Diagnostics.Tracing",
    ];

    private static readonly string[] BannedTypes =
    [
        "System.Random", "System.Console", "System.TimeProvider", "System.AppDomain",
        "System.GC", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process", "System.Diagnostics.Debug",
        "System.Diagnostics.Trace", "System.Security.Cryptography.RandomNumberGenerator", "System.Activator",
        "System.Reflection.Assembly",
    ];

    private static readonly string[] BannedMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid",
        "System.Guid.CreateVersion7", "System.Security.Cryptography.ECDsa.SignHash",
        "System.Security.Cryptography.ECDsa.SignData",
    ];

    [Fact]
    public void Core_uses_no_type_that_reads_writes_waits_or_guesses()
    {
        Usage usage = Usage.Of(typeof(Hash).Assembly.Location);

        usage.Types.Should().Contain("System.Security.Cryptography.SHA256", "the table is read");
        usage.Types.Where(IsBanned).Should().BeEmpty();
        usage.Members.Where(member => BannedMembers.Contains(member) || AsksTheMachine(member)).Should().BeEmpty();
    }

    [Fact]
    public void What_is_looked_for_would_be_found()
    {
        // The tests themselves do all of it.
        Usage usage = Usage.Of(typeof(PurityTests).Assembly.Location);

        usage.Types.Where(IsBanned).Should().Contain("System.IO.File").And.Contain("System.Random");
        usage.Types.Where(IsBanned).Should().Contain("System.Threading.Monitor");
        lock (usage)
        {
            usage.Members.Should().Contain("System.Random.NextBytes");
        }
    }

    // What the compiler makes of `yield return` asks which thread it is on, so that it can be enumerated twice.
    private static bool AsksTheMachine(string member) =>
        member.StartsWith("System.Environment.", StringComparison.Ordinal)
        && member != "System.Environment.get_CurrentManagedThreadId";

    private static bool IsBanned(string type) =>
        BannedTypes.Contains(type)
            || BannedNamespaces.Any(banned => type.StartsWith(banned + ".", StringComparison.Ordinal));

    private sealed record Usage(IReadOnlySet<string> Types, IReadOnlySet<string> Members)
    {
        public static Usage Of(string path)
        {
            using PEReader assembly = new(File.OpenRead(path));
            MetadataReader reader = assembly.GetMetadataReader();
            HashSet<string> types = reader.TypeReferences.Select(type => NameOf(reader, type)).ToHashSet();
            HashSet<string> members = [];
            foreach (MemberReferenceHandle handle in reader.MemberReferences)
            {
                MemberReference member = reader.GetMemberReference(handle);
                if (member.Parent.Kind == HandleKind.TypeReference)
                {
                    string type = NameOf(reader, (TypeReferenceHandle)member.Parent);
                    members.Add($"{type}.{reader.GetString(member.Name)}");
                }
            }

            return new Usage(types, members);
        }

        private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
        {
            TypeReference type = reader.GetTypeReference(handle);
            return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }
    }
}
