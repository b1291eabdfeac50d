using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Audit;

/// <summary>Judges the pages of a stored ledger on all cores, a bounded stretch ahead of who replays them.</summary>
public static class Lookahead
{
    /// <summary>The most pages that are read and not yet replayed: four a core, so that none is idle while one thread
    /// reads.</summary>
    public static readonly int MaxPages = 4 * Environment.ProcessorCount;

    /// <summary>Puts records into pages, has the pages judged, and yields them in order.</summary>
    /// <typeparam name="T">What the source calls a record.</typeparam>
    /// <param name="records">The records in order. They are read by the thread that takes the pages. What is thrown
    /// reaches it behind the page that ends there.</param>
    /// <param name="add">Adds a record to a page.</param>
    public static IEnumerable<BlockPage> Judge<T>(IEnumerable<T> records, Action<BlockPage, T> add) =>
        Run(Pages(records, add), static page => page.Judge());

    /// <summary>Works on items on all cores and yields them in their order when they are done.</summary>
    internal static IEnumerable<T> Run<T>(IEnumerable<T> items, Action<T> work)
    {
        using IEnumerator<T> source = items.GetEnumerator();
        Queue<Lazy<T>> ahead = [];
        ExceptionDispatchInfo? fault = null;
        bool goesOn = true;
        while (true)
        {
            while (goesOn && ahead.Count < MaxPages)
            {
                goesOn = TryNext(source, out T? item, out fault);
                if (goesOn)
                {
                    ahead.Enqueue(Begin(item!, work));
                }
            }

            if (!ahead.TryDequeue(out Lazy<T>? next))
            {
                fault?.Throw();
                yield break;
            }

            yield return next.Value;
        }
    }

    // Who needs the result before another core has begun with it works on it himself instead of waiting.
    private static Lazy<T> Begin<T>(T item, Action<T> work)
    {
        Lazy<T> done = new(() =>
        {
            work(item);
            return item;
        });
        _ = Task.Run(() => done.Value);
        return done;
    }

    private static IEnumerable<BlockPage> Pages<T>(IEnumerable<T> records, Action<BlockPage, T> add)
    {
        using IEnumerator<T> source = records.GetEnumerator();
        BlockPage page = new(Hash.Empty);
        ExceptionDispatchInfo? fault;
        while (TryNext(source, out T? record, out fault))
        {
            add(page, record);
            if (!page.HasRoom)
            {
                yield return page;
                page = new BlockPage(page.Last);
            }
        }

        if (page.Count > 0)
        {
            yield return page;
        }

        fault?.Throw();
    }

    // A source that fails has given good records before, and their faults come first.
    private static bool TryNext<T>(
        IEnumerator<T> source, [MaybeNullWhen(false)] out T next, out ExceptionDispatchInfo? fault)
    {
        fault = null;
        try
        {
            bool moved = source.MoveNext();
            next = moved ? source.Current : default;
            return moved;
        }
        catch (Exception thrown)
        {
            fault = ExceptionDispatchInfo.Capture(thrown);
            next = default;
            return false;
        }
    }
}
