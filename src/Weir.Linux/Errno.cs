namespace Weir.Linux;
/// <summary>x</summary>
public enum Errno { EAGAIN = 11 }
