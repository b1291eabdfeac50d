using System.Threading.Channels;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Bank.Service;

/// <summary>Tells everybody who listens what happens at the bank. A listener that does not keep up is cut
/// off.</summary>
public sealed class BankEvents
{
    /// <summary>Events kept for one listener.</summary>
    public const int Capacity = 1024;

    /// <summary>Listeners at a time.</summary>
    public const int MaxListeners = 64;

    private readonly Lock _gate = new();
    private readonly List<Channel<BankEvent>> _listeners = [];
    private bool _completed;

    /// <summary>Listens to every event from now on, until the listener is disposed of, falls behind, or the bank
    /// stops.</summary>
    /// <returns>Null when too many listen already.</returns>
    public Listener? Subscribe()
    {
        Channel<BankEvent> channel = Channel.CreateBounded<BankEvent>(Capacity);
        lock (_gate)
        {
            if (_listeners.Count >= MaxListeners)
            {
                return null;
            }

            if (_completed)
            {
                channel.Writer.Complete();
            }
            else
            {
                _listeners.Add(channel);
            }
        }

        return new Listener(this, channel);
    }

    internal void Publish(BankEvent happened)
    {
        lock (_gate)
        {
            for (int i = _listeners.Count - 1; i >= 0; i--)
            {
                if (!_listeners[i].Writer.TryWrite(happened))
                {
                    _listeners[i].Writer.Complete();
                    _listeners.RemoveAt(i);
                }
            }
        }
    }

    internal void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            _listeners.ForEach(static listener => listener.Writer.Complete());
            _listeners.Clear();
        }
    }

    private void Remove(Channel<BankEvent> channel)
    {
        lock (_gate)
        {
            _listeners.Remove(channel);
        }
    }

    /// <summary>One listener's place.</summary>
    public sealed class Listener : IDisposable
    {
        private readonly BankEvents _events;
        private readonly Channel<BankEvent> _channel;

        internal Listener(BankEvents events, Channel<BankEvent> channel)
        {
            _events = events;
            _channel = channel;
        }

        /// <summary>What happens.</summary>
        public ChannelReader<BankEvent> Reader => _channel.Reader;

        /// <inheritdoc/>
        public void Dispose() => _events.Remove(_channel);
    }
}
