namespace Blockchain.Wire.Links;

/// <summary>A link ended otherwise than by being closed, or did not come about.</summary>
/// <param name="message">Why, as one plain sentence.</param>
/// <param name="inner">What the platform reported.</param>
public sealed class LinkFaultException(string message, Exception? inner = null) : Exception(message, inner);
