namespace Blockchain.Simulator;

/// <summary>
/// What one seed makes of the faults that are allowed. Each is there in about half of the worlds, so that every mixture
/// occurs, the mild ones too: a world in which everything fails at once hides what only a long quiet stretch brings
/// out.
/// </summary>
internal sealed class FaultPlan
{
    private readonly Fault _faults;

    /// <summary>Draws the plan.</summary>
    public FaultPlan(Prng random, Fault allowed)
    {
        foreach (Fault fault in Faults.Each)
        {
            int chance = fault is Fault.Backup or Fault.Liar or Fault.LyingFlush ? 150 : 500;
            if (random.PerMille(chance) && allowed.HasFlag(fault))
            {
                _faults |= fault;
            }
        }

        LossPerMille = random.Between(2, 60);
        DuplicatePerMille = random.Between(5, 100);
        ReorderPerMille = random.Between(5, 150);
        SlowPerMille = random.Between(1, 20);
        MidStepCrashPerMille = random.Between(0, 2);
        LatencyMs = random.Between(1, 40);
        FlushMs = random.Between(1, 25);
        FaultGapMs = random.Between(250, 2_500);
        LyingPerMille = random.Between(50, 900);
    }

    /// <summary>The faults of this world.</summary>
    public Fault Chosen => _faults;

    /// <summary>The fault phase is over: nothing goes wrong any more.</summary>
    public bool Over { get; set; }

    /// <summary>Nothing goes wrong for a while: a bank that comes back from a backup must be able to hear its
    /// members.</summary>
    public bool Calm { get; set; }

    /// <summary>How many messages of a thousand vanish.</summary>
    public int LossPerMille { get; }

    /// <summary>How many messages of a thousand arrive twice.</summary>
    public int DuplicatePerMille { get; }

    /// <summary>How many messages of a thousand are overtaken.</summary>
    public int ReorderPerMille { get; }

    /// <summary>How many messages of a thousand take seconds.</summary>
    public int SlowPerMille { get; }

    /// <summary>How many steps of a thousand end in a crash before all their outputs are carried out.</summary>
    public int MidStepCrashPerMille { get; }

    /// <summary>The longest ordinary way of a message.</summary>
    public int LatencyMs { get; }

    /// <summary>The longest ordinary flush.</summary>
    public int FlushMs { get; }

    /// <summary>The longest time between two faults that are events.</summary>
    public int FaultGapMs { get; }

    /// <summary>How many flushes of a thousand lie.</summary>
    public int LyingPerMille { get; }

    /// <summary>Whether the fault is there, now.</summary>
    public bool Has(Fault fault) => !Over && !Calm && (_faults & fault) != 0;
}
