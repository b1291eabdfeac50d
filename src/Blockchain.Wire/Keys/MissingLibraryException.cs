namespace Blockchain.Wire.Keys;

/// <summary>The platform lacks a library that the program cannot do without.</summary>
/// <param name="message">One line that names cause and remedy.</param>
public sealed class MissingLibraryException(string message) : Exception(message);
