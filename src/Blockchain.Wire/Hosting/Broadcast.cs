using System.Threading.Channels;

namespace Blockchain.Wire.Hosting;

/// <summary>Tells everybody who listens what happens in a process. A listener that does not keep up is cut
/// off.</summary>
public sealed class Broadcast<T>
{
    /// <summary>Events kept for one listener.</summary>
    public const int Capacity = 1024;

    /// <summary>Listeners at a time.</summary>
    public const int MaxListeners = 64;

    private readonly Lock _gate = new();
    private readonly List<Listener> _listeners = [];
    private bool _completed;

    /// <summary>Whether anybody listens.</summary>
    public bool HasListeners
    {
        get
        {
            lock (_gate)
            {
                return _listeners.Count > 0;
            }
        }
    }

    /// <summary>Listens to every event from now on, until the listener is disposed of, falls behind, or the
    /// process stops.</summary>
    /// <param name="hears">Which events it hears, so that the others do not fill its place; null for all.</param>
    /// <returns>Null when too many listen already.</returns>
    public Listener? Subscribe(Func<T, bool>? hears = null)
    {
        Listener listener = new(this, hears);
        lock (_gate)
        {
            if (_listeners.Count >= MaxListeners)
            {
                return null;
            }

            if (_completed)
            {
                listener.Complete();
            }
            else
            {
                _listeners.Add(listener);
            }
        }

        return listener;
    }

    /// <summary>Tells.</summary>
    public void Publish(T happened)
    {
        lock (_gate)
        {
            for (int i = _listeners.Count - 1; i >= 0; i--)
            {
                if (!_listeners[i].TryTell(happened))
                {
                    _listeners[i].Complete();
                    _listeners.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Ends every listener: nothing more happens.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            _listeners.ForEach(static listener => listener.Complete());
            _listeners.Clear();
        }
    }

    private void Remove(Listener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>One listener's place.</summary>
    public sealed class Listener : IDisposable
    {
        private readonly Broadcast<T> _events;
        private readonly Func<T, bool>? _hears;
        private readonly Channel<T> _channel = Channel.CreateBounded<T>(Capacity);

        internal Listener(Broadcast<T> events, Func<T, bool>? hears)
        {
            _events = events;
            _hears = hears;
        }

        /// <summary>What happens.</summary>
        public ChannelReader<T> Reader => _channel.Reader;

        /// <inheritdoc/>
        public void Dispose() => _events.Remove(this);

        internal bool TryTell(T happened) => _hears?.Invoke(happened) == false || _channel.Writer.TryWrite(happened);

        internal void Complete() => _channel.Writer.Complete();
    }
}
