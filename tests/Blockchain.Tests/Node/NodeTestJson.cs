using System.Text.Json.Serialization.Metadata;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Node;

/// <summary>Types that only tests read as they are.</summary>
internal static class NodeTestJson
{
    public static JsonTypeInfo<ProblemDto> Problem => WireJson.Default.ProblemDto;
}
