namespace Blockchain.Simulator;

/// <summary>Lets those faults happen that are events: one after the other, at times that the seed gives.</summary>
/// <param name="plan">Which faults this world has.</param>
/// <param name="random">All chance.</param>
/// <param name="schedule">Virtual time.</param>
/// <param name="gapMs">The least and the most time between two.</param>
internal sealed class FaultEvents(FaultPlan plan, Prng random, Schedule schedule, (int Min, int Max) gapMs)
{
    private readonly List<Action> _faults = [];

    /// <summary>Lists a fault, if this world has it.</summary>
    public void Allow(Fault fault, Action action)
    {
        if (plan.Has(fault))
        {
            _faults.Add(action);
        }
    }

    /// <summary>Begins, if there is anything to do.</summary>
    public void Begin()
    {
        if (_faults.Count > 0)
        {
            Next();
        }
    }

    private void Next() => schedule.After(random.Between(gapMs.Min, gapMs.Max), () =>
    {
        if (plan.Over)
        {
            return;
        }

        if (!plan.Calm)
        {
            random.Pick(_faults)();
        }

        Next();
    });
}
