namespace Blockchain.Core.OpenNetwork;

/// <summary>Remembers the last so many things that were put in.</summary>
internal sealed class BoundedSet<T>(int capacity)
    where T : notnull
{
    private readonly HashSet<T> _set = [];
    private readonly Queue<T> _order = new();

    public IReadOnlyCollection<T> Items => _set;

    public bool Contains(T item) => _set.Contains(item);

    public bool Add(T item)
    {
        if (!_set.Add(item))
        {
            return false;
        }

        _order.Enqueue(item);
        if (_order.Count > capacity)
        {
            _set.Remove(_order.Dequeue());
        }

        return true;
    }

    public void Clear()
    {
        _set.Clear();
        _order.Clear();
    }
}
