namespace Blockchain.IntegrationTests.Faults;

/// <summary>Tests that start many processes run one after another, with the machine to themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessFaults
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "faults on real processes";

    /// <summary>Seed of the random tests: BLOCKCHAIN_FAULT_SEED, else always the same.</summary>
    public static int Seed { get; } = Number("BLOCKCHAIN_FAULT_SEED", 20260);

    /// <summary>Reads a number from the environment.</summary>
    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : otherwise;
}
